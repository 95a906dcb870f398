/** How near to a join or a leave an arrival may be off without being an anomaly, in ms. */
const BOUNDARY_MS = 1000;

/**
 * Who is where: every bot's present link, its rooms, and what faults have done to its link. A link is a counter of the
 * bot's own, raised whenever its connection opens. A bot is on a room's roster from its first confirmed join until it
 * asks to leave, connected or not; it is joined while the link on which the join was confirmed lasts.
 */
export class Links {
  readonly #rooms: number;
  readonly #link: Int32Array;
  readonly #up: Uint8Array;
  /** By bot: the last link on which it joined a room. */
  readonly #arrivedOn: Int32Array;
  readonly #openedAt: Float64Array;
  readonly #heardAt: Float64Array;
  readonly #roster: Uint8Array;
  readonly #joinedLink: Int32Array;
  readonly #joinedAt: Float64Array;
  readonly #leftAt: Float64Array;
  readonly #faults: Int32Array;
  readonly #liftedAt: Float64Array;
  /** By bot: the number of the node that serves its link; 0 where that is not known. */
  readonly #node: Int32Array;

  constructor(bots: number, rooms: number) {
    this.#rooms = rooms;
    this.#link = new Int32Array(bots);
    this.#up = new Uint8Array(bots);
    this.#arrivedOn = new Int32Array(bots);
    this.#openedAt = new Float64Array(bots).fill(Number.POSITIVE_INFINITY);
    this.#heardAt = new Float64Array(bots).fill(Number.NEGATIVE_INFINITY);
    this.#faults = new Int32Array(bots);
    this.#node = new Int32Array(bots);
    this.#liftedAt = new Float64Array(bots).fill(Number.NEGATIVE_INFINITY);
    this.#roster = new Uint8Array(bots * rooms);
    this.#joinedLink = new Int32Array(bots * rooms);
    this.#joinedAt = new Float64Array(bots * rooms).fill(Number.NEGATIVE_INFINITY);
    this.#leftAt = new Float64Array(bots * rooms).fill(Number.NEGATIVE_INFINITY);
  }

  /** A connection opened: the bot's next link begins. */
  opened(bot: number, at: number): void {
    this.#link[bot]!++;
    this.#up[bot] = 1;
    this.#openedAt[bot] = at;
    this.#node[bot] = 0;
  }

  /** The target told which node serves the bot's link. */
  served(bot: number, node: number): void {
    this.#node[bot] = node;
  }

  /** The number of the node that serves the bot, or did last; 0 where that is not known. */
  nodeOf(bot: number): number {
    return this.#node[bot]!;
  }

  ended(bot: number): void {
    this.#up[bot] = 0;
  }

  joined(bot: number, room: number, at: number): void {
    const pair = this.#pair(bot, room);
    this.#joinedLink[pair] = this.#link[bot]!;
    this.#arrivedOn[bot] = this.#link[bot]!;
    if (this.#roster[pair] === 0) this.#joinedAt[pair] = at;
    this.#roster[pair] = 1;
  }

  /** The bot asked to leave; from now on nothing is expected of the room. */
  leaving(bot: number, room: number, at: number): void {
    const pair = this.#pair(bot, room);
    this.#roster[pair] = 0;
    this.#joinedLink[pair] = 0;
    this.#leftAt[pair] = at;
  }

  /** Something arrived at the bot. */
  heard(bot: number, at: number): void {
    this.#heardAt[bot] = at;
  }

  /** A fault began to touch the links of some bots, or of all. */
  faultOn(bots: Iterable<number> = this.#link.keys()): void {
    for (const bot of bots) this.#faults[bot]!++;
  }

  faultOff(at: number, bots: Iterable<number> = this.#link.keys()): void {
    for (const bot of bots) {
      this.#faults[bot]!--;
      this.#liftedAt[bot] = at;
    }
  }

  current(bot: number): number {
    return this.#link[bot]!;
  }

  /** When the bot's present link began, or its last one; infinite where it never had any. */
  openedAt(bot: number): number {
    return this.#openedAt[bot]!;
  }

  isOpen(bot: number): boolean {
    return this.#up[bot] === 1;
  }

  onRoster(bot: number, room: number): boolean {
    return this.#roster[this.#pair(bot, room)] === 1;
  }

  /** The link on which the bot is joined to the room now; 0 where it is not. */
  joinedOn(bot: number, room: number): number {
    const link = this.#joinedLink[this.#pair(bot, room)]!;
    return this.isOpen(bot) && link === this.#link[bot] ? link : 0;
  }

  leftAt(bot: number, room: number): number {
    return this.#leftAt[this.#pair(bot, room)]!;
  }

  /** Whether the bot has a link and has joined nothing on it yet: it may be told of what it is about to join. */
  isArriving(bot: number): boolean {
    return this.#up[bot] === 1 && this.#arrivedOn[bot] !== this.#link[bot];
  }

  nearBoundary(bot: number, room: number, at: number): boolean {
    const pair = this.#pair(bot, room);
    return at - this.#joinedAt[pair]! < BOUNDARY_MS || at - this.#leftAt[pair]! < BOUNDARY_MS;
  }

  /** Whether the bot's link is known to have worked since `at`: no fault touched it, or it was heard on after the fault. */
  survived(bot: number, at: number): boolean {
    if (this.#faults[bot]! > 0) return false;
    const liftedAt = this.#liftedAt[bot]!;
    return liftedAt < at || this.#heardAt[bot]! > liftedAt;
  }

  #pair(bot: number, room: number): number {
    return bot * this.#rooms + room;
  }
}
