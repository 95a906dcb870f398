import type { RecipientEvent } from '../metrics/events.ts';
import { Histogram } from '../metrics/histogram.ts';
import { isSufficient } from '../statistics/sufficiency.ts';

/** What each probe heard in the measured interval: a histogram of its own, to two digits. Taking a sample allocates nothing. */
export class Recipients {
  readonly #histograms: readonly (Histogram | undefined)[];
  /** By bot: the room that it heard last in. */
  readonly #rooms: Int32Array;
  readonly #from: number;
  readonly #to: number;

  constructor(bots: number, { from, to } = { from: 0, to: Number.POSITIVE_INFINITY }) {
    this.#histograms = Array.from({ length: Math.min(bots, MOST) }, () => new Histogram(2));
    this.#rooms = new Int32Array(bots);
    this.#from = from;
    this.#to = to;
  }

  heard(bot: number, room: number, dueAt: number, latencyUs: number): void {
    if (dueAt < this.#from || dueAt >= this.#to) return;
    this.#histograms[bot]?.recordUs(latencyUs);
    this.#rooms[bot] = room;
  }

  /** All who heard anything, as events of a moment; percentiles as far as there are enough messages. */
  told(at: number, roomNames: readonly string[]): RecipientEvent[] {
    return this.#histograms.flatMap((histogram, bot): RecipientEvent[] => {
      if (!histogram || histogram.count === 0) return [];
      const { count, max } = histogram;
      const percentile = (percent: number) => (isSufficient(percent, count) ? histogram.percentile(percent) : null);
      const room = roomNames[this.#rooms[bot]!]!;
      return [{ kind: 'recipient', at, bot, room, count, p50: percentile(50), p99: percentile(99), max }];
    });
  }
}

/** A histogram of two digits has 13 kB: more probes than these are not told apart. */
const MOST = 2000;
