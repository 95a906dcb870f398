import { highestIn } from '../../measure/metrics/hdr-encoding.ts';
import type { Histogram } from '../../measure/metrics/histogram.ts';

/** OpenTelemetry's exponential histogram: bucket i is over (base^i, base^(i+1)], base = 2^(2^-scale). */
export interface ExponentialHistogram {
  readonly scale: number;
  readonly zeroCount: number;
  readonly offset: number;
  readonly bucketCounts: readonly number[];
}

/** What OpenTelemetry's SDKs take by default, and what backends expect at most. */
const MOST_BUCKETS = 160;
const FINEST = 20;

/** The same samples, ms, in exponential buckets: as fine as 160 of them allow. No sample is left out. */
export function exponentialOf(histogram: Histogram): ExponentialHistogram {
  const samples: (readonly [ms: number, count: number])[] = [];
  let zeroCount = 0;
  histogram.forEachBucket((bucket, count) => {
    const us = highestIn(bucket);
    if (us === 0) zeroCount += count;
    else samples.push([us / 1000, count]);
  });
  if (samples.length === 0) return { scale: 0, zeroCount, offset: 0, bucketCounts: [] };
  const [lowest, highest] = [samples[0]![0], samples.at(-1)![0]];
  let scale = FINEST;
  while (indexOf(highest, scale) - indexOf(lowest, scale) >= MOST_BUCKETS) scale--;
  const offset = indexOf(lowest, scale);
  const bucketCounts = Array.from({ length: indexOf(highest, scale) - offset + 1 }, () => 0);
  for (const [ms, count] of samples) {
    const at = indexOf(ms, scale) - offset;
    bucketCounts[at] = bucketCounts[at]! + count;
  }
  return { scale, zeroCount, offset, bucketCounts };
}

function indexOf(value: number, scale: number): number {
  return Math.ceil(Math.log2(value) * 2 ** scale) - 1;
}
