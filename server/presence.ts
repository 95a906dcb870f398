/** Who came and went in a room since the last time its members were told. */
interface Changes {
  readonly joined: string[];
  readonly left: string[];
}

/** How the members of a room are told; `crowd` stands for many changes at once. */
export interface PresenceEvents {
  joined(payload: { room: string; name: string; members: number }): void;
  left(payload: { room: string; name: string; members: number }): void;
  crowd(payload: { room: string; joined: number; left: number; members: number }): void;
}

/**
 * Tells rooms who came and went, in batches: a hundred bots joining one by one would otherwise cost five thousand
 * deliveries. Up to `few` changes in a batch are told by name, more as one count.
 */
export class Presence {
  readonly #changes = new Map<string, Changes>();
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
    const changes = this.#changes.get(room) ?? { joined: [], left: [] };
    this.#changes.set(room, changes);
    changes[kind].push(name);
    this.#timer ??= setTimeout(() => this.#flush(), this.#everyMs);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#changes.clear();
  }

  #flush(): void {
    this.#timer = undefined;
    for (const [room, { joined, left }] of this.#changes) {
      const members = this.#members(room);
      if (members === 0) continue;
      if (joined.length + left.length > few) {
        this.#tell.crowd({ room, joined: joined.length, left: left.length, members });
      } else {
        for (const name of left) this.#tell.left({ room, name, members });
        for (const name of joined) this.#tell.joined({ room, name, members });
      }
    }
    this.#changes.clear();
  }
}

const few = 5;
