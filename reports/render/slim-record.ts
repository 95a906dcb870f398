import { inflateSync } from 'node:zlib';
import { deflatedIn } from '../../measure/metrics/hdr-encoding.ts';
import type { RunRecord } from '../../measure/run-record/run-record.ts';
import type { PageRecord } from './page-record.ts';
import { curveOf, drawnHistograms } from './percentile-curve.ts';

/** What the page shows of a record: no histogram encodings but curves, and series to four digits. An hour stays near 1 MB. */
export function slimRecord(record: RunRecord): PageRecord {
  const { metrics, timeline, vitals } = record;
  return {
    ...record,
    previous: null,
    planned: [],
    curves: drawnHistograms(record).flatMap(({ key, hdr }) =>
      curveOf(record, key, inflateSync(deflatedIn(Buffer.from(hdr, 'base64')))),
    ),
    metrics: mapValues(metrics, (metric) => ('hdr' in metric ? { ...metric, hdr: '' } : metric)),
    timeline: {
      ...timeline,
      latency: {
        p50: rounded(timeline.latency.p50),
        p95: rounded(timeline.latency.p95),
        p99: rounded(timeline.latency.p99),
        max: rounded(timeline.latency.max),
      },
      transports: mapValues(timeline.transports, (over) => ({ p50: rounded(over.p50), max: rounded(over.max) })),
    },
    vitals: vitals.map(({ source, gauges }) => ({ source, gauges: mapValues(gauges, rounded) })),
  };
}

function rounded(series: readonly (number | null)[]): (number | null)[] {
  return series.map((value) => (value === null || isShort(value) ? value : Number(value.toPrecision(4))));
}

/** Counts stay as they are; bytes do not have to. */
function isShort(value: number): boolean {
  return Number.isInteger(value) && Math.abs(value) < 1e6;
}

function mapValues<K extends string, A, B>(record: Readonly<Record<K, A>>, change: (value: A) => B): Record<K, B> {
  const changed = Object.entries<A>(record).map(([key, value]) => [key, change(value)]);
  return Object.fromEntries(changed) as Record<K, B>;
}
