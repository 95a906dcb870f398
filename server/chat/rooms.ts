/** A message as everybody in the room gets it. `at` is the server's wall clock in ms, for show only. */
export interface ChatMessage {
  readonly id: string;
  readonly room: string;
  readonly from: string;
  readonly text: string;
  readonly at: number;
}

/** A room: who is in it, and what was said last. */
export interface Room {
  /** The members' names by socket id. */
  readonly members: Map<string, string>;
  /** Whose each name is, by name, and with how many sockets they are in. */
  readonly bearers: Map<string, { readonly person: string; sockets: number }>;
  /** The members' names in order, from when somebody asks until somebody comes or goes. */
  names: readonly string[] | undefined;
  readonly history: ChatMessage[];
  historyBytes: number;
  /** When the last member left, in ms; undefined while somebody is in. */
  emptySince: number | undefined;
}

/** What rooms may keep. */
export interface RoomLimits {
  /** Rooms at once, empty ones included. */
  readonly rooms: number;
  /** Sockets in one room. */
  readonly members: number;
  readonly historyLength: number;
  readonly historyBytes: number;
  /** An empty room is forgotten after this, so that people cut off together find their history again. */
  readonly lingerMs: number;
}

/** Who wants to come into a room: `person` tells whose socket it is, so that only they bear their name. */
export interface Entrant {
  readonly socketId: string;
  readonly name: string;
  readonly person: string;
}

/** Why somebody may not come in. */
export type Barred = 'nameTaken' | 'roomFull' | 'tooManyRooms';

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
  enter(name: string, entrant: Entrant): { room: Room; former: string | undefined } | Barred {
    const known = this.#rooms.get(name);
    const barred = this.#barred(known, entrant);
    if (barred !== undefined) return barred;
    const room = known ?? newRoom();
    this.#rooms.set(name, room);
    const former = room.members.get(entrant.socketId);
    if (former !== entrant.name) {
      if (former !== undefined) unname(room, former);
      const bearer = room.bearers.get(entrant.name) ?? { person: entrant.person, sockets: 0 };
      room.bearers.set(entrant.name, bearer);
      bearer.sockets += 1;
      room.members.set(entrant.socketId, entrant.name);
      room.names = undefined;
    }
    room.emptySince = undefined;
    return { room, former };
  }

  /** Takes a socket out of a room; gives the name it had there, or undefined if it was not in. */
  exit(name: string, socketId: string, now: number): string | undefined {
    const room = this.#rooms.get(name);
    const borne = room?.members.get(socketId);
    if (room === undefined || borne === undefined) return undefined;
    room.members.delete(socketId);
    unname(room, borne);
    room.names = undefined;
    if (room.members.size === 0) {
      room.emptySince = now;
      // Moved to the end, so that the empty rooms stand in the order in which they emptied.
      this.#rooms.delete(name);
      this.#rooms.set(name, room);
    }
    return borne;
  }

  /** The names of a room's members by code units, the same order everywhere; who is in with two sockets is listed twice. */
  names(room: Room): readonly string[] {
    room.names ??= [...room.members.values()].sort();
    return room.names;
  }

  /** Appends to a room's history, and drops what is older than it may hold. */
  remember(room: Room, message: ChatMessage): void {
    room.history.push(message);
    room.historyBytes += sizeOf(message);
    while (room.history.length > this.#limits.historyLength || room.historyBytes > this.#limits.historyBytes) {
      room.historyBytes -= sizeOf(room.history.shift()!);
    }
  }

  /** Forgets empty rooms that have lingered long enough. */
  sweep(now: number): void {
    for (const [name, { emptySince }] of this.#rooms) {
      if (emptySince !== undefined && now - emptySince >= this.#limits.lingerMs) this.#rooms.delete(name);
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

  #barred(room: Room | undefined, { socketId, name, person }: Entrant): Barred | undefined {
    if (room === undefined) return this.#hasSpace() ? undefined : 'tooManyRooms';
    const bearer = room.bearers.get(name);
    const isOwn = room.members.get(socketId) === name;
    if (bearer !== undefined && bearer.person !== person && !isOwn) return 'nameTaken';
    return room.members.size >= this.#limits.members && !room.members.has(socketId) ? 'roomFull' : undefined;
  }

  /** Whether one more room fits, if need be in the place of the one that has been empty for the longest. */
  #hasSpace(): boolean {
    if (this.#rooms.size < this.#limits.rooms) return true;
    for (const [name, { emptySince }] of this.#rooms) {
      if (emptySince !== undefined) return this.#rooms.delete(name);
    }
    return false;
  }
}

function newRoom(): Room {
  return {
    members: new Map(),
    bearers: new Map(),
    names: undefined,
    history: [],
    historyBytes: 0,
    emptySince: undefined,
  };
}

function unname(room: Room, name: string): void {
  const bearer = room.bearers.get(name);
  if (bearer === undefined) return;
  bearer.sockets -= 1;
  if (bearer.sockets === 0) room.bearers.delete(name);
}

/** About what a message takes in an ack, in bytes. */
function sizeOf({ room, from, text }: ChatMessage): number {
  return Buffer.byteLength(text) + Buffer.byteLength(room) + Buffer.byteLength(from) + 80;
}
