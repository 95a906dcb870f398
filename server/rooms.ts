/** A message as everybody in the room gets it. `at` is the server's wall clock in ms, for show only. */
export interface ChatMessage {
  readonly id: string;
  readonly room: string;
  readonly from: string;
  readonly text: string;
  readonly at: number;
}

/** A room: who is in it, by socket id, and what was said last. */
export interface Room {
  readonly members: Map<string, string>;
  /** The members' names in order, from when somebody asks until somebody comes or goes. */
  names: readonly string[] | undefined;
  readonly history: ChatMessage[];
  /** When the last member left, in ms; undefined while somebody is in. */
  emptySince: number | undefined;
}

/** What rooms may keep. */
export interface RoomLimits {
  readonly historyLength: number;
  /** An empty room is forgotten after this, so that people cut off together find their history again. */
  readonly lingerMs: number;
  /** At most this many empty rooms are remembered. */
  readonly emptyRooms: number;
}

/** All rooms, in a Map: no room name can touch an object's prototype. Time comes in as `now`, in ms. */
export class Rooms {
  readonly #rooms = new Map<string, Room>();
  readonly #limits: RoomLimits;

  constructor(limits: RoomLimits) {
    this.#limits = limits;
  }

  get(name: string): Room | undefined {
    return this.#rooms.get(name);
  }

  get size(): number {
    return this.#rooms.size;
  }

  /** Puts a socket into a room under a name; gives the name it had there before, undefined if it was not in. */
  enter(name: string, socketId: string, person: string): { room: Room; former: string | undefined } {
    const room = this.#rooms.get(name) ?? { members: new Map(), names: undefined, history: [], emptySince: undefined };
    this.#rooms.set(name, room);
    const former = room.members.get(socketId);
    room.members.set(socketId, person);
    room.names = undefined;
    room.emptySince = undefined;
    return { room, former };
  }

  /** Takes a socket out of a room; gives the name it had there, or undefined if it was not in. */
  exit(name: string, socketId: string, now: number): string | undefined {
    const room = this.#rooms.get(name);
    const person = room?.members.get(socketId);
    if (room === undefined || person === undefined) return undefined;
    room.members.delete(socketId);
    room.names = undefined;
    if (room.members.size === 0) {
      room.emptySince = now;
      // Moved to the end, so that the empty rooms stand in the order in which they emptied.
      this.#rooms.delete(name);
      this.#rooms.set(name, room);
    }
    return person;
  }

  /** The names of a room's members by code units, the same order everywhere; a member who joined twice is listed twice. */
  names(room: Room): readonly string[] {
    room.names ??= [...room.members.values()].sort();
    return room.names;
  }

  /** Appends to a room's history, and drops what is older than it may hold. */
  remember(room: Room, message: ChatMessage): void {
    room.history.push(message);
    if (room.history.length > this.#limits.historyLength) room.history.shift();
  }

  /** Forgets empty rooms that have lingered long enough, and the oldest of too many. */
  sweep(now: number): void {
    const empty = [...this.#rooms].filter(([, room]) => room.emptySince !== undefined);
    const excess = empty.length - this.#limits.emptyRooms;
    for (const [index, [name, room]] of empty.entries()) {
      if (index < excess || now - (room.emptySince ?? now) >= this.#limits.lingerMs) this.#rooms.delete(name);
    }
  }

  /** The rooms with somebody in, the fullest first, at most `most`. */
  list(most: number): { room: string; members: number }[] {
    return [...this.#rooms]
      .map(([room, { members }]) => ({ room, members: members.size }))
      .filter(({ members }) => members > 0)
      .sort((a, b) => b.members - a.members)
      .slice(0, most);
  }
}
