import { percentilesIn } from '../../measure/metrics/hdr-encoding.ts';
import { parseMetricKey } from '../../measure/metrics/metric-key.ts';
import { numberOf } from '../../measure/run-record/read-metrics.ts';
import type { RunRecord } from '../../measure/run-record/run-record.ts';
import { isSufficient } from '../../measure/statistics/sufficiency.ts';
import type { PercentileCurve } from './page-record.ts';

/** The encoded histograms that have curves: of all that was heard by probes, from when it was due and from sending; by transport where there are several. */
export function drawnHistograms(record: RunRecord): { readonly key: string; readonly hdr: string }[] {
  const keys = Object.keys(record.metrics).filter(isDrawn);
  const transports = keys.filter((key) => key.includes('{'));
  return keys
    .filter((key) => transports.length > 1 || !transports.includes(key))
    .flatMap((key) => {
      const metric = record.metrics[key];
      return metric && 'hdr' in metric && metric.hdr !== '' && metric.count > 0 ? [{ key, hdr: metric.hdr }] : [];
    });
}

/** The curve of one of them, as far as messages stand behind it; none where they are too few for anything. */
export function curveOf(record: RunRecord, key: string, inflated: Uint8Array): PercentileCurve[] {
  const metric = record.metrics[key];
  const percentile = percentilesIn(inflated);
  // As the fold has it: all deliveries of one message are one sample.
  const independent = Math.min(metric && 'count' in metric ? metric.count : 0, numberOf(record, 'messages.sent'));
  const points = percentiles
    .filter((percent) => isSufficient(percent, independent))
    .map((percent) => [percent, Number(percentile(percent).toPrecision(6))] as const);
  return points.length > 0 ? [{ key, points }] : [];
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
