import type { Histogram } from '../metrics/histogram.ts';
import { isSufficient } from './sufficiency.ts';

/** What a histogram says; a percentile is null where too few independent samples stand behind it. */
export interface Distribution {
  unit: 'ms' | '1';
  count: number;
  min: number;
  mean: number;
  p50: number | null;
  p90: number | null;
  p95: number | null;
  p99: number | null;
  p999: number | null;
  max: number;
  /** The histogram's encoding; empty where it was left out. */
  hdr: string;
}

/**
 * The statistics of a histogram, ms. A percentile with too few independent samples behind it is null: p99 wants about
 * 600, p99.9 about 6,000. Encoding is what costs: it may be left out.
 */
export function distributionOf(histogram: Histogram, independent: number, encoded = true): Distribution {
  const percentile = (percent: number) => (isSufficient(percent, independent) ? histogram.percentile(percent) : null);
  return {
    unit: 'ms',
    count: histogram.count,
    min: histogram.min,
    mean: histogram.mean,
    p50: percentile(50),
    p90: percentile(90),
    p95: percentile(95),
    p99: percentile(99),
    p999: percentile(99.9),
    max: histogram.max,
    hdr: encoded ? histogram.encode() : '',
  };
}
