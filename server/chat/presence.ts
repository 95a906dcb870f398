/** Somebody came or went in a room since the last time its members were told. */
interface Change {
  readonly kind: 'joined' | 'left';
  readonly name: string;
}

/** How the members of a room are told; `crowd` stands for many changes at once. */
export interface PresenceEvents {
  joined(payload: { room: string; name: string; members: number }): void;
  left(payload: { room: string; name: string; members: number }): void;
  crowd(payload: { room: string; joined: number; left: number; members: number }): void;
}

/**
 * Tells rooms who came and went, in batches: a hundred bots joining one by one would otherwise cost five thousand
 * deliveries. Up to `few` changes in a batch are told by name, as they happened, so that a client that follows them knows who
 * is there; more are told as one count, after which clients ask.
 */
export class Presence {
  readonly #changes = new Map<string, Change[]>();
  readonly #members: (room: string) => number;
  readonly #tell: PresenceEvents;
  readonly #everyMs: number;
  #timer: NodeJS.Timeout | undefined;

  constructor(members: (room: string) => number, tell: PresenceEvents, everyMs = 200) {
    this.#members = members;
    this.#tell = tell;
    this.#everyMs = everyMs;
  }

  note(kind: 'joined' | 'left', room: string, name: string): void {
    const changes = this.#changes.get(room) ?? [];
    this.#changes.set(room, changes);
    changes.push({ kind, name });
    this.#timer ??= setTimeout(() => this.#flush(), this.#everyMs);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#changes.clear();
  }

  #flush(): void {
    this.#timer = undefined;
    for (const [room, changes] of this.#changes) {
      const members = this.#members(room);
      if (members === 0) continue;
      if (changes.length <= few) {
        for (const { kind, name } of changes) this.#tell[kind]({ room, name, members });
        continue;
      }
      const joined = changes.filter(({ kind }) => kind === 'joined').length;
      this.#tell.crowd({ room, joined, left: changes.length - joined, members });
    }
    this.#changes.clear();
  }
}

const few = 5;
