/** What leaves one end for the other, and when it did, ms: bytes, an orderly end (`fin`) or a reset (`rst`). */
export interface Chunk {
  readonly at: number;
  readonly data: Buffer | Ending;
}

/** How a direction ends: orderly, or by a reset. */
export type Ending = 'fin' | 'rst';
/** `up` is client to target, `down` is target to client. */
export type Direction = 'up' | 'down';

/** What a fault does with a chunk that reaches it. It is called in order, and hands on by its stage. */
export type Handler = (chunk: Chunk) => void;

/** What a stage needs of the pipe it stands in. */
export interface Surroundings {
  /** Whether the connection is just being opened, or was there before the fault. */
  readonly opening: boolean;
  /** Whether no byte had gone this way before the fault came. */
  readonly fresh: boolean;
  readonly now: () => number;
  readonly random: () => number;
  /** Whether the target has agreed to speak WebSocket on this connection. */
  readonly isWebSocket: () => boolean;
  readonly next: (stage: Stage, chunk: Chunk) => void;
  /** Called when held bytes have gone. */
  readonly eased: () => void;
}

/** Chunks handed on in one turn of the event loop: slices stay apart, and a swarm of them keeps nobody waiting. */
const BURST = 32;

/**
 * The place of one fault in one direction of one connection: a queue in which chunks keep their order, and a clock.
 * A chunk that leaves carries the time at which it was due, so a late timer adds nothing to the delays that follow.
 */
export class Stage {
  readonly #around: Surroundings;
  #handler: Handler = (chunk) => this.pass(chunk);
  #held: { readonly chunk: Chunk; readonly until: number }[] = [];
  #first = 0;
  #burst = { at: 0, count: 0 };
  #cancelTurn: (() => void) | undefined;
  readonly #timers = new Set<NodeJS.Timeout>();
  #over = false;
  /** Bytes that wait in this stage. */
  heldBytes = 0;

  constructor(around: Surroundings) {
    this.#around = around;
  }

  /** Whether the connection is just being opened. */
  get opening(): boolean {
    return this.#around.opening;
  }

  /** Whether no byte had gone this way before the fault came. */
  get fresh(): boolean {
    return this.#around.fresh;
  }

  /** Whether the target has agreed to speak WebSocket by now. */
  get isWebSocket(): boolean {
    return this.#around.isWebSocket();
  }

  /** The proxy's clock, ms. */
  now(): number {
    return this.#around.now();
  }

  /** A seeded number from 0 (inclusive) to 1 (exclusive). */
  random(): number {
    return this.#around.random();
  }

  /** Gives it the fault's handler; without one, chunks pass. */
  handle(handler: Handler): void {
    this.#handler = handler;
  }

  /** Takes a chunk from the stage before. After the connection was cut here, only a reset still goes through. */
  push(chunk: Chunk): void {
    if (!this.#over) this.#handler(chunk);
    else if (chunk.data === 'rst') this.#around.next(this, chunk);
  }

  /** Hands a chunk on, after those that wait. */
  pass(chunk: Chunk): void {
    this.hold(chunk, chunk.at);
  }

  /** Hands a chunk on at a time, ms, or later if those before it leave later; by Infinity, when it is released. */
  hold(chunk: Chunk, until: number): void {
    if (this.#over) return;
    const last = this.#held.at(-1)?.until ?? Number.NEGATIVE_INFINITY;
    if (this.#held.length === 0 && until <= this.now() && this.#withinBurst(chunk.at)) {
      this.#around.next(this, chunk);
      return;
    }
    this.#held.push({ chunk, until: Math.max(chunk.at, until, last) });
    this.heldBytes += sizeOf(chunk);
    this.#arm();
  }

  /** Hands on at once whatever waits. */
  release(): void {
    const held = this.#take();
    const at = this.now();
    for (const { chunk, until } of held) this.#around.next(this, { at: Math.min(until, at), data: chunk.data });
    if (held.length > 0) this.#around.eased();
  }

  /** Forgets whatever waits. */
  drop(): void {
    if (this.#take().length > 0) this.#around.eased();
  }

  /** Ends this direction here and now: what waits goes first, what comes later is lost. */
  cut(ending: Ending): void {
    if (this.#over) return;
    this.release();
    this.#over = true;
    this.#around.next(this, { at: this.now(), data: ending });
  }

  /** Does something after some ms, unless the fault is switched off before. */
  after(ms: number, action: () => void): void {
    const timer = setTimeout(
      () => {
        this.#timers.delete(timer);
        action();
      },
      Math.max(0, Math.ceil(ms)),
    );
    this.#timers.add(timer);
  }

  /** The end of the fault: nothing is done any more, and nothing waits. */
  close(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    this.#handler = (chunk) => this.pass(chunk);
    this.release();
  }

  #take() {
    const held = this.#first === 0 ? this.#held : this.#held.slice(this.#first);
    this.#held = [];
    this.#first = 0;
    this.heldBytes = 0;
    this.#cancelTurn?.();
    this.#cancelTurn = undefined;
    return held;
  }

  #withinBurst(at: number): boolean {
    if (this.#burst.at !== at) this.#burst = { at, count: 0 };
    return ++this.#burst.count <= BURST;
  }

  #arm(): void {
    const first = this.#held[this.#first];
    if (this.#cancelTurn || !first || first.until === Number.POSITIVE_INFINITY) return;
    const wait = first.until - this.now();
    if (wait <= 0) {
      const turn = setImmediate(() => this.#leave());
      this.#cancelTurn = () => clearImmediate(turn);
    } else {
      const turn = setTimeout(() => this.#leave(), Math.ceil(wait));
      this.#cancelTurn = () => clearTimeout(turn);
    }
  }

  #leave(): void {
    this.#cancelTurn = undefined;
    const now = this.now();
    for (let count = 0; count < BURST; count++) {
      const first = this.#held[this.#first];
      if (!first || first.until > now) break;
      if (++this.#first === this.#held.length) this.#take();
      else this.heldBytes -= sizeOf(first.chunk);
      this.#around.next(this, { at: first.until, data: first.chunk.data });
    }
    if (this.#first > 4096 && this.#first * 2 > this.#held.length) {
      this.#held.splice(0, this.#first);
      this.#first = 0;
    }
    this.#arm();
    this.#around.eased();
  }
}

function sizeOf(chunk: Chunk): number {
  return typeof chunk.data === 'string' ? 0 : chunk.data.length;
}
