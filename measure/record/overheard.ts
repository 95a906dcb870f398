/** How long a message of the server's own is told from new ones: as long as state recovery may bring it back. */
const REMEMBER_MS = 180_000;

interface Room {
  next: number;
  /** By key: the message's number. The older half is forgotten as a whole. */
  recent: Map<string, number>;
  older: Map<string, number>;
  rotatedAt: number;
  /** By message: the place that it had in the order in which each bot heard; 0 where it came otherwise. */
  readonly places: Map<number, Int32Array>;
  readonly complete: Set<number>;
  readonly heard: Int32Array;
}

/**
 * Messages that only the server sends: what one is has to be told from what several bots heard. The same key is the same
 * message, numbered in the order in which they were first heard of.
 */
export class Overheard {
  readonly #bots: number;
  readonly #rooms: readonly Room[];

  constructor(bots: number, rooms: number) {
    this.#bots = bots;
    this.#rooms = Array.from({ length: rooms }, () => ({
      next: 0,
      recent: new Map(),
      older: new Map(),
      rotatedAt: 0,
      places: new Map(),
      complete: new Set(),
      heard: new Int32Array(bots),
    }));
  }

  /** The message with a key, and whether it has not been heard of before. */
  find(number: number, key: string, at: number): { readonly seq: number; readonly isNew: boolean } {
    const room = this.#rooms[number]!;
    if (at - room.rotatedAt > REMEMBER_MS) {
      room.older = room.recent;
      room.recent = new Map();
      room.rotatedAt = at;
    }
    const known = room.recent.get(key) ?? room.older.get(key);
    if (known !== undefined) return { seq: known, isNew: false };
    const seq = room.next++;
    room.recent.set(key, seq);
    room.places.set(seq, new Int32Array(this.#bots));
    return { seq, isNew: true };
  }

  /** A message arrived at a bot for the first time, as it should. */
  arrived(number: number, seq: number, bot: number): void {
    const room = this.#rooms[number]!;
    const places = room.places.get(seq);
    if (places) places[bot] = ++room.heard[bot]!;
  }

  /**
   * A message has arrived at everyone. Returns how many bots heard it, or its neighbour, in another order than most: the
   * order that the server sent in is the one that most bots saw.
   */
  completed(number: number, seq: number): number {
    const room = this.#rooms[number]!;
    room.complete.add(seq);
    const reordered = this.#minority(room, seq - 1) + this.#minority(room, seq);
    this.#forget(room, seq - 1);
    this.#forget(room, seq);
    return reordered;
  }

  /** Of two messages behind each other that everyone has: how many bots saw them in the rarer order. */
  #minority(room: Room, seq: number): number {
    const [first, second] = [room.places.get(seq), room.places.get(seq + 1)];
    if (!first || !second || !room.complete.has(seq) || !room.complete.has(seq + 1)) return 0;
    let [forward, backward] = [0, 0];
    for (let bot = 0; bot < this.#bots; bot++) {
      if (first[bot] === 0 || second[bot] === 0) continue;
      if (first[bot]! < second[bot]!) forward++;
      else backward++;
    }
    return Math.min(forward, backward);
  }

  /** What has been compared with both its neighbours is needed no more. */
  #forget(room: Room, seq: number): void {
    if (![seq - 1, seq, seq + 1].every((one) => one < 0 || room.complete.has(one))) return;
    room.places.delete(seq - 1);
  }
}
