import { randomOf } from '../../base/random.ts';
import type { Histogram } from '../metrics/histogram.ts';
import { quantileOfSorted } from './quantile.ts';

/**
 * One second of dueAt: the pairs expected of the messages due in it, how many of them were delivered, and the latencies
 * of those. `latency` is read once, so it may be a getter that decodes: a whole hour of histograms is 340 MB.
 */
export interface Block {
  readonly expected: number;
  readonly delivered: number;
  readonly latency: Histogram | undefined;
}

/** A confidence interval, and what the bootstrap drew, sorted: to compare one run with another. */
export interface Interval {
  low: number;
  high: number;
  replicates: number[];
}

export type BootstrapKey = 'broadcast.latency.p50' | 'broadcast.latency.p99' | 'delivery.ratio';

/** Fewer blocks than these, counting those that hold something, say nothing about the spread. */
export const FEWEST_BLOCKS = 30;

/**
 * 95 % confidence intervals (ms; ratio from 0 to 1) by a block bootstrap: seconds are drawn with replacement, whole, since
 * the latencies within a second depend on each other (Künsch 1989; percentile intervals after Efron). Null where there
 * are too few blocks. `replicates` are 200 quantiles of what was drawn. The same blocks and seed give the same result.
 */
export function bootstrap(blocks: readonly Block[], seed: string): Record<BootstrapKey, Interval | null> {
  const latencies = new Resampled(blocks.map(({ latency }) => bucketsOf(latency)));
  const timed = latencies.blocks >= FEWEST_BLOCKS;
  const expected = Float64Array.from(blocks, (block) => block.expected);
  const delivered = Float64Array.from(blocks, (block) => block.delivered);
  const counted = expected.filter((pairs) => pairs > 0).length >= FEWEST_BLOCKS;
  const p50: number[] = [];
  const p99: number[] = [];
  const ratio: number[] = [];
  const random = randomOf(seed);
  const weights = new Float64Array(blocks.length);
  for (let left = replicatesFor(blocks.length); (timed || counted) && left > 0; left--) {
    draw(weights, random);
    if (timed) {
      p50.push(latencies.quantile(0.5, weights));
      p99.push(latencies.quantile(0.99, weights));
    }
    if (counted) ratio.push(weigh(delivered, weights) / weigh(expected, weights));
  }
  return {
    'broadcast.latency.p50': intervalOf(p50),
    'broadcast.latency.p99': intervalOf(p99),
    'delivery.ratio': intervalOf(ratio),
  };
}

const MOST_REPLICATES = 1000;
const KEPT_REPLICATES = 200;

/** Fewer for long runs: with many blocks each replicate costs more, and is closer to the next. */
function replicatesFor(blocks: number): number {
  return Math.round(Math.min(MOST_REPLICATES, Math.max(2 * KEPT_REPLICATES, 1_500_000 / blocks)));
}

function draw(weights: Float64Array, random: () => number): void {
  weights.fill(0);
  for (let i = 0; i < weights.length; i++) {
    const drawn = Math.floor(random() * weights.length);
    weights[drawn] = weights[drawn]! + 1;
  }
}

function weigh(counts: Float64Array, weights: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < weights.length; i++) sum += counts[i]! * weights[i]!;
  return sum;
}

function intervalOf(drawn: readonly number[]): Interval | null {
  const sorted = Float64Array.from(drawn.filter(Number.isFinite)).sort();
  if (sorted.length === 0) return null;
  const kept = Array.from({ length: KEPT_REPLICATES }, (_, i) => quantileOfSorted(sorted, (i + 0.5) / KEPT_REPLICATES));
  return { low: quantileOfSorted(sorted, 0.025), high: quantileOfSorted(sorted, 0.975), replicates: kept };
}

/** What a histogram holds, from the lowest: HdrHistogram's bucket numbers, and how many samples do not exceed each. */
interface Buckets {
  readonly numbers: readonly number[];
  readonly upTo: readonly number[];
  readonly maxMs: number;
}

/**
 * The quantiles of blocks put together by weight, exact to the bucket. A row says how many samples of each block do not
 * exceed a bucket; quantiles lie close together, so few rows are ever needed, and they are made when they are.
 */
class Resampled {
  readonly #buckets: readonly Buckets[];
  readonly #totals: Float64Array;
  readonly #last: number;
  readonly #maxMs: number;
  readonly #rows = new Map<number, Float64Array>();

  constructor(buckets: readonly Buckets[]) {
    this.#buckets = buckets;
    this.#totals = Float64Array.from(buckets, ({ upTo }) => upTo.at(-1) ?? 0);
    this.#last = buckets.reduce((last, { numbers }) => Math.max(last, numbers.at(-1) ?? 0), 0);
    this.#maxMs = buckets.reduce((highest, { maxMs }) => Math.max(highest, maxMs), 0);
  }

  /** How many blocks hold samples. */
  get blocks(): number {
    return this.#totals.filter((total) => total > 0).length;
  }

  /** In ms; NaN where the drawn blocks hold nothing. */
  quantile(share: number, weights: Float64Array): number {
    const total = weigh(this.#totals, weights);
    if (total === 0) return Number.NaN;
    const wanted = Math.max(1, Math.ceil(share * total - 1e-6));
    let low = 0;
    let high = this.#last;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (weigh(this.#row(middle), weights) >= wanted) high = middle;
      else low = middle + 1;
    }
    return Math.min(highestMsOf(high), this.#maxMs);
  }

  #row(bucket: number): Float64Array {
    let row = this.#rows.get(bucket);
    if (!row) {
      row = Float64Array.from(this.#buckets, (buckets) => samplesUpTo(buckets, bucket));
      this.#rows.set(bucket, row);
    }
    return row;
  }
}

function samplesUpTo({ numbers, upTo }: Buckets, bucket: number): number {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (numbers[middle]! <= bucket) low = middle + 1;
    else high = middle;
  }
  return low === 0 ? 0 : upTo[low - 1]!;
}

function bucketsOf(histogram: Histogram | undefined): Buckets {
  const numbers: number[] = [];
  const upTo: number[] = [];
  if (!histogram || histogram.count === 0) return { numbers, upTo, maxMs: 0 };
  let sum = 0;
  histogram.forEachBucket((bucket, count) => {
    sum += count;
    numbers.push(bucket);
    upTo.push(sum);
  });
  return { numbers, upTo, maxMs: histogram.max };
}

const HALF = 1024;

/** The highest value that a bucket counts, at three significant digits: 2048 buckets of 1 µs, then 1024 of 2, of 4, … */
function highestMsOf(bucket: number): number {
  const shift = Math.max(0, Math.floor(bucket / HALF) - 1);
  return ((bucket - shift * HALF + 1) * 2 ** shift - 1) / 1000;
}
