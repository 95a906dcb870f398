import type { MetricName } from '../../../measure/metrics/metric-catalogue.ts';
import { metricKey, parseMetricKey } from '../../../measure/metrics/metric-key.ts';
import { sourceName } from '../../../measure/metrics/source.ts';
import { numberOf } from '../../../measure/run-record/read-metrics.ts';
import type { RunRecord } from '../../../measure/run-record/run-record.ts';

export type Series = readonly (number | null)[];

/** A series of the timeline with the name that a reader sees. */
export interface Line {
  readonly name: string;
  readonly values: Series;
  /** Which of the colours and dashes it has. */
  readonly style: number;
  /** Its values were taken at the end of each second, and hold until the next. */
  readonly isSampled?: true;
}

/** A counter of the run with its label values: `disconnects{by=crowd,reason=ping timeout}`. */
export interface Labelled {
  readonly by: 'probes' | 'crowd';
  readonly label: string;
  readonly value: number;
}

/** The begin and end of each fault, once: both the process that makes it and the probes record it. */
export function faultEvents({ faults }: RunRecord): RunRecord['faults'] {
  const told = faults.map(({ kind, fault, at, bots }) => JSON.stringify([kind, fault, at, bots]));
  return faults.filter((_, i) => told.indexOf(told[i]!) === i);
}

/** A counter's total over the crowd; the probes' total has the bare name as its key. */
export function ofCrowd(record: Pick<RunRecord, 'metrics'>, name: string): number {
  return numberOf(record, metricKey(name, { by: 'crowd' }));
}

/** A counter by one of its labels, the most frequent first. */
export function byLabel({ metrics }: RunRecord, name: string, label: 'reason' | 'cause'): Labelled[] {
  return Object.keys(metrics)
    .flatMap((key): Labelled[] => {
      const parsed = parseMetricKey(key);
      const { by: _, [label]: value, ...others } = parsed?.labels ?? {};
      if (parsed?.name !== name || value === undefined || Object.keys(others).length > 0) return [];
      return [
        { by: parsed.labels.by === 'crowd' ? 'crowd' : 'probes', label: value, value: numberOf({ metrics }, key) },
      ];
    })
    .sort((a, b) => b.value - a.value);
}

/** A counter per second, if the run touched it. */
export function counterLine({ timeline }: RunRecord, key: string, name: string, style: number): Line[] {
  const values = timeline.counters[key];
  return values ? [{ name, values, style }] : [];
}

/** A gauge per second, a line for each source that has it; named after `label`, or after what it is of. */
export function gaugeLines(
  { vitals }: Pick<RunRecord, 'vitals'>,
  gauge: string,
  label: 'role' | 'transport' = 'role',
): Line[] {
  const found = vitals.flatMap(({ source, gauges }) =>
    Object.entries(gauges).flatMap(([key, values]) => {
      const parsed = parseMetricKey(key);
      if (parsed?.name !== gauge || values.every((value) => value === null)) return [];
      return [{ source: sourceName(source), name: parsed.labels[label] ?? gauge.split('.')[0]!, values }];
    }),
  );
  const isShared = (name: string) => found.filter((line) => line.name === name).length > 1;
  const free = [0, 1, 2, 3, 4, 5].filter((style) => !found.some(({ name }) => styles[name] === style));
  return found
    .map(({ source, name, values }) => {
      const line = { values, ...(sampled.has(gauge) && { isSampled: true as const }) };
      if (isShared(name)) return { ...line, name: `${name} (${source})`, style: free.shift() ?? 0 };
      return { ...line, name, style: styles[name] ?? free.shift() ?? 0 };
    })
    .sort((a, b) => a.style - b.style);
}

/** Gauges that are read at the end of a second; the others are over all of it. */
const sampled: ReadonlySet<string> = new Set<MetricName>([
  'rss',
  'fds',
  'connections.open',
  'server.heap',
  'server.clients',
  'server.bufferedBytes',
  'server.evicted',
]);

/** The probes' connections each second: by transport, all of them, and how many probes had none. */
export function probeConnections({ vitals, load, timeline }: RunRecord) {
  const own = vitals.filter(({ source }) => source.role === 'probes');
  const byTransport = ['websocket', 'polling'].flatMap((transport): Line[] => {
    const values = sumOf(own, metricKey('connections.open', { transport }), timeline.seconds);
    return values.every((value) => value === null)
      ? []
      : [{ name: transport, values, style: styles[transport]!, isSampled: true }];
  });
  const open = Array.from({ length: timeline.seconds }, (_, second) => {
    const known = byTransport.flatMap(({ values }) => values[second] ?? []);
    return known.length === 0 ? null : known.reduce((sum, n) => sum + n, 0);
  });
  const missing = open.map((n) => (n === null ? null : Math.max(0, load.probes - n)));
  return { byTransport, open, missing };
}

/** A gauge of several sources put together, by second; null where none of them has it. */
function sumOf(vitals: RunRecord['vitals'], key: string, seconds: number): Series {
  return Array.from({ length: seconds }, (_, second) => {
    const known = vitals.flatMap(({ gauges }) => gauges[key]?.[second] ?? []);
    return known.length === 0 ? null : known.reduce((sum, n) => sum + n, 0);
  });
}

/** Who looks the same in every chart. */
const styles: Readonly<Record<string, number>> = { server: 0, crowd: 1, probes: 2, proxy: 3, websocket: 0, polling: 1 };

/** One value for every `width` seconds, the highest; null where all of them are missing. */
export function thinned(values: Series, width: number): Series {
  if (width <= 1) return values;
  return Array.from({ length: Math.ceil(values.length / width) }, (_, i) =>
    values.slice(i * width, (i + 1) * width).reduce((highest, value) => {
      if (value === null || highest === null) return highest ?? value;
      return Math.max(highest, value);
    }, null),
  );
}
