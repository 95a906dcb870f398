import { isSufficient } from '../measure/distribution.ts';
import { Histogram } from '../measure/histogram.ts';
import { parseMetricKey } from '../measure/keys.ts';
import type { RunRecord } from '../measure/run-record.ts';
import type { PercentileCurve } from './page-record.ts';
import { numberOf } from './sentences.ts';

/** The curves of all that was heard by probes, from when it was due and from the hand-over; by transport where there are several. */
export function percentileCurves(record: RunRecord): PercentileCurve[] {
  const keys = Object.keys(record.metrics).filter(isDrawn);
  const transports = keys.filter((key) => key.includes('{'));
  return keys
    .filter((key) => transports.length > 1 || !transports.includes(key))
    .flatMap((key) => {
      const points = pointsOf(record, key);
      return points.length > 0 ? [{ key, points }] : [];
    });
}

/** Percentiles at even steps of nines, and those that have a name; 58 of them. */
export const percentiles: readonly number[] = evenNines(14, 56);

function evenNines(perNine: number, steps: number): number[] {
  const even = Array.from({ length: steps + 1 }, (_, i) => 100 * (1 - 10 ** (-i / perNine)));
  const named = [50, 95];
  return [...even, ...named].map((percent) => Number(percent.toPrecision(7))).sort((a, b) => a - b);
}

function isDrawn(key: string): boolean {
  const parsed = parseMetricKey(key);
  if (parsed?.name !== 'broadcast.latency' && parsed?.name !== 'broadcast.service') return false;
  const { transport: _, ...others } = parsed.labels;
  return Object.keys(others).length === 0;
}

function pointsOf(record: RunRecord, key: string): PercentileCurve['points'] {
  const metric = record.metrics[key];
  if (!metric || !('hdr' in metric) || metric.hdr === '' || metric.count === 0) return [];
  const histogram = new Histogram();
  histogram.addEncoded(metric.hdr);
  // As the fold has it: all deliveries of one message are one sample.
  const independent = Math.min(metric.count, numberOf(record, 'messages.sent'));
  return percentiles
    .filter((percent) => isSufficient(percent, independent))
    .map((percent) => [percent, Number(histogram.percentile(percent).toPrecision(6))]);
}
