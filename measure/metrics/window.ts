import { Histogram } from './histogram.ts';
import type { Source } from './source.ts';

/**
 * One second of one source. Windows of the same source and second may be many (a late arrival opens its second again);
 * merging adds counters and histograms and keeps gauges per source, so the order of merging does not matter.
 */
export interface Window {
  /** Whole seconds since the run's start. */
  readonly at: number;
  readonly source: Source;
  readonly counters: Readonly<Record<string, number>>;
  /** Key → HdrHistogram encoding, see {@link Histogram.encode}. */
  readonly histograms: Readonly<Record<string, string>>;
  readonly gauges: Readonly<Record<string, number>>;
}

interface Second {
  counts: Float64Array;
  readonly histograms: (Histogram | undefined)[];
  readonly gauges: Map<string, number>;
}

const SLOTS = 256;
const MOST_KEYS = 8192;

/**
 * The open windows of one source. Keys are registered once and addressed by number, seconds and histograms are pooled:
 * adding to a counter or recording a sample allocates nothing once its second is open.
 */
export class OpenWindows {
  readonly #source: Source;
  readonly #counterKeys = new Map<string, number>();
  readonly #histogramKeys = new Map<string, number>();
  readonly #seconds = new Map<number, Second>();
  readonly #pool: Histogram[] = [];
  #lastAt = Number.NaN;
  #last: Second | undefined;

  constructor(source: Source) {
    this.#source = source;
  }

  /** The number of a counter; registers the key at its first use. Throws beyond 8,192 keys. */
  counter(key: string): number {
    return register(this.#counterKeys, key);
  }

  /** The number of a histogram; registers the key at its first use. Throws beyond 8,192 keys. */
  histogram(key: string): number {
    return register(this.#histogramKeys, key);
  }

  /** Adds `n` to a counter in the second of `atMs` (ms since the run's start). */
  add(counter: number, atMs: number, n = 1): void {
    this.addIn(counter, secondOf(atMs), n);
  }

  /** Records `ms` in a histogram in the second of `atMs`. */
  record(histogram: number, atMs: number, ms: number): void {
    this.recordIn(histogram, secondOf(atMs), Math.round(ms * 1000));
  }

  gauge(key: string, atMs: number, value: number): void {
    this.#second(secondOf(atMs)).gauges.set(key, value);
  }

  /** As {@link add}, for hot paths: a whole second is no heap number. */
  addIn(counter: number, second: number, n: number): void {
    const open = this.#second(second);
    if (counter >= open.counts.length) open.counts = grown(open.counts, counter + 1);
    open.counts[counter] = open.counts[counter]! + n;
  }

  /** As {@link record}, for hot paths: whole seconds and whole microseconds are no heap numbers. */
  recordIn(histogram: number, second: number, us: number): void {
    const { histograms } = this.#second(second);
    let into = histograms[histogram];
    if (!into) {
      into = this.#pool.pop() ?? new Histogram();
      histograms[histogram] = into;
    }
    into.recordUs(us);
  }

  /** Hands out every open window in the order of time, and starts again. */
  flush(): Window[] {
    const windows = [...this.#seconds].sort(([a], [b]) => a - b).map(([at, second]) => this.#close(at, second));
    this.#seconds.clear();
    this.#last = undefined;
    this.#lastAt = Number.NaN;
    return windows;
  }

  #second(at: number): Second {
    if (at === this.#lastAt) return this.#last!;
    let second = this.#seconds.get(at);
    if (!second) {
      second = { counts: new Float64Array(Math.max(SLOTS, this.#counterKeys.size)), histograms: [], gauges: new Map() };
      this.#seconds.set(at, second);
    }
    this.#lastAt = at;
    this.#last = second;
    return second;
  }

  #close(at: number, second: Second): Window {
    const counters: Record<string, number> = {};
    for (const [key, i] of this.#counterKeys) {
      const count = second.counts[i] ?? 0;
      if (count !== 0) counters[key] = count;
    }
    const histograms: Record<string, string> = {};
    for (const [key, i] of this.#histogramKeys) {
      const histogram = second.histograms[i];
      if (!histogram) continue;
      histograms[key] = histogram.encode();
      histogram.reset();
      this.#pool.push(histogram);
    }
    return { at, source: this.#source, counters, histograms, gauges: Object.fromEntries(second.gauges) };
  }
}

/** The second of a time in ms, as windows count them. */
export function secondOf(atMs: number): number {
  return Math.floor(atMs / 1000);
}

function register(keys: Map<string, number>, key: string): number {
  const known = keys.get(key);
  if (known !== undefined) return known;
  if (keys.size === MOST_KEYS)
    throw new RangeError(`Expected at most ${MOST_KEYS} metric keys in a source, got ${key} too.`);
  keys.set(key, keys.size);
  return keys.size - 1;
}

function grown(counts: Float64Array, least: number): Float64Array {
  const more = new Float64Array(Math.max(least, counts.length * 2));
  more.set(counts);
  return more;
}
