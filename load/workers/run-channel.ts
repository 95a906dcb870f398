import { setTimeout as pause } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { z } from 'zod';
import type { FaultEvent } from '../../measure/metrics/events.ts';
import { BrokenSealError, type Seal } from './sealing.ts';

/** What the conductor tells the workers of a run. Times are of its own clock, ms. */
export type ToWorkers =
  | { readonly ping: number }
  /** By shard: when the run starts, on the clock of its host, ms. */
  | { readonly start: Readonly<Record<number, number>> }
  | { readonly fault: FaultEvent }
  | { readonly stop: true }
  /** How much of each file has arrived, bytes from its beginning. */
  | { readonly have: Readonly<Record<string, number>> };

const shard = z.number().int().min(1);
const percentile = z.number().nullable();
const sizes = z.record(z.string(), z.number().int().min(0));

/** What a worker tells the conductor of its shard; anybody who reaches Redis could say it. */
const fromWorker = z.union([
  z.strictObject({ shard, taken: z.strictObject({ worker: z.string(), host: z.string() }) }),
  z.strictObject({ shard, refused: z.string() }),
  z.strictObject({ shard, ready: z.strictObject({ p50: percentile, p99: percentile, messages: z.number() }) }),
  z.strictObject({ shard, pong: z.number(), at: z.number() }),
  /** How late it started, ms. */
  z.strictObject({ shard, started: z.number() }),
  /** A part of one of its files, from a byte on. */
  z.strictObject({ shard, file: z.string(), from: z.number().int().min(0), text: z.string() }),
  z.strictObject({ shard, alive: z.literal(true) }),
  /** All is over: how long its files are. */
  z.strictObject({ shard, end: sizes }),
]);

export type FromWorker = z.output<typeof fromWorker>;

const READ_MS = 1000;
const SAID_MS = 2000;
const RETRY_MS = 100;
const READ_COUNT = 200;
/** How long what was said is kept behind the last word: for a conductor that comes back. */
const KEPT_S = 3600;
const MOST_ENTRIES = 50_000;

/**
 * The two streams of a run: what workers say is written by all and read by the conductor, what the conductor says is sealed, and read
 * by all. Both are read from their beginning, so that nothing said is missed while somebody cannot reach Redis.
 */
export class RunChannel {
  readonly #redis: Redis;
  readonly #reader: Redis;
  readonly #seal: Seal;
  readonly #names: { readonly up: string; readonly down: string };
  #isClosed = false;

  /** Takes two connections of its own. */
  constructor(redis: Redis, runId: string, seal: Seal) {
    this.#redis = redis.duplicate();
    this.#reader = redis.duplicate();
    for (const one of [this.#redis, this.#reader]) one.on('error', () => {});
    this.#seal = seal;
    this.#names = { up: `chatstorm:${runId}:up`, down: `chatstorm:${runId}:down` };
  }

  async toConductor(message: FromWorker): Promise<void> {
    await this.#add(this.#names.up, JSON.stringify(message));
  }

  async toWorkers(message: ToWorkers): Promise<void> {
    await this.#add(this.#names.down, this.#seal.close(message));
  }

  /** Calls back with all that workers said and say, until it is closed; what was heard is taken off the stream. */
  async hearWorkers(heard: (message: FromWorker) => void): Promise<void> {
    await this.#read(
      this.#names.up,
      (text) => {
        const message = fromWorker.safeParse(parsed(text));
        if (message.success) heard(message.data);
      },
      true,
    );
  }

  /** Calls back with all that the conductor said and says, until it is closed; what is not sealed by it is not heard. */
  async hearConductor(heard: (message: ToWorkers) => void): Promise<void> {
    await this.#read(
      this.#names.down,
      (text) => {
        try {
          heard(this.#seal.open(text) as ToWorkers);
        } catch (error) {
          if (!(error instanceof BrokenSealError)) throw error;
        }
      },
      false,
    );
  }

  close(): void {
    this.#isClosed = true;
    this.#redis.disconnect();
    this.#reader.disconnect();
  }

  /** Resolves once it is said, or after a while where Redis is away: then it is said as soon as that is back. */
  async #add(stream: string, text: string): Promise<void> {
    const said = this.#redis
      .multi()
      .xadd(stream, 'MAXLEN', '~', MOST_ENTRIES, '*', 'm', text)
      .expire(stream, KEPT_S)
      .exec()
      .catch(() => {});
    await Promise.race([said, pause(SAID_MS, undefined, { ref: false })]);
  }

  async #read(stream: string, heard: (text: string) => void, isTaken: boolean): Promise<void> {
    for (let last = '0'; !this.#isClosed; ) {
      const answer = await this.#reader
        .xread('COUNT', READ_COUNT, 'BLOCK', READ_MS, 'STREAMS', stream, last)
        .catch(() => undefined);
      for (const [id, [, text]] of answer?.[0]?.[1] ?? []) {
        if (this.#isClosed) return;
        heard(text ?? '');
        last = id;
      }
      if (isTaken && answer) await this.#redis.xtrim(stream, 'MINID', '=', next(last)).catch(() => {});
      // Cut off, it would ask again at once.
      if (answer === undefined) await pause(RETRY_MS);
    }
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The id behind another. */
function next(id: string): string {
  const [ms, count] = id.split('-');
  return `${ms}-${Number(count) + 1}`;
}
