import { catalogue, isMetricName, type Unit } from '../metrics/metric-catalogue.ts';
import { parseMetricKey } from '../metrics/metric-key.ts';
import type { Distribution, RunRecord } from '../run-record/run-record.ts';

/** A number to take from each run. An `always` row stands even where it is unknown or nothing happened. */
export interface Measure {
  readonly metric: string;
  readonly unit: Unit;
  readonly better: 'lower' | 'higher';
  readonly always?: boolean;
  /** A run knows it with an interval of its own that says how sure it is: one run a side is enough. */
  readonly isCertain?: true;
  readonly of: (record: RunRecord) => number | null;
}

/** Everything to compare in these runs, in the order in which to tell it. */
export function measuresOf(records: readonly RunRecord[]): Measure[] {
  // Of a search everything else is a mixture of all the loads that it tried.
  if (records.length > 0 && records.every(({ search }) => search)) return searched;
  return [...headlines, ...sharesOfSessions(records), ...distributionsOf(records), ...others];
}

type Statistic = 'p50' | 'p99' | 'max';

/** What a comparison is mainly about. */
const headlines: readonly Measure[] = [
  ...(['p50', 'p99', 'max'] as const).map((name) => ({ ...statistic('broadcast.latency', name), always: true })),
  {
    metric: 'delivery.ratio',
    unit: 'ratio',
    better: 'higher',
    always: true,
    of: (record) => number(record, 'delivery.ratio'),
  },
  { ...share('delivery.lost', 'delivery.expected'), always: true },
];

/** What a search is about. */
const searched: Measure[] = [
  {
    ...{ metric: 'capacity.confirmed', unit: '1', better: 'higher', always: true, isCertain: true },
    of: (record) => number(record, 'capacity.confirmed'),
  },
  { metric: 'capacity.refuted', unit: '1', better: 'higher', of: (record) => number(record, 'capacity.refuted') },
  { metric: 'capacity.recovery', unit: 'ms', better: 'lower', of: (record) => number(record, 'capacity.recovery') },
];

const others: readonly Measure[] = [
  ...['missed', 'duplicate', 'reordered', 'corrupted', 'misrouted', 'phantom'].map((outcome) =>
    share(`delivery.${outcome}`, 'delivery.expected'),
  ),
  share('messages.incomplete', 'messages.sent'),
  share('messages.refused', 'messages.sent'),
  share('messages.info', 'messages.sent'),
  share('messages.dropped', 'messages.scheduled'),
  share('ack.timeout', 'messages.sent'),
  share('connections.failed', 'connections.attempted'),
  share('upgrades.failed', 'connections.attempted'),
  share('reconnect.recovered', 'reconnect.count', 'higher'),
  ...['disconnects', 'errors'].map(
    (key): Measure => ({ metric: key, unit: '1', better: 'lower', of: (record) => number(record, key) ?? 0 }),
  ),
  {
    metric: 'server.cpuPerDelivery',
    unit: 'ms',
    better: 'lower',
    of: (record) => number(record, 'server.cpuPerDelivery'),
  },
  { metric: 'rss{role=server}', unit: 'bytes', better: 'lower', of: (record) => highest(record, 'rss{role=server}') },
];

/** Distributions that are parts of others, or tell of the generator and not of the chat. */
const aside = ['broadcast.service', 'broadcast.spread', 'connect.transport', 'connect.namespace', 'generator.lag'];

/** p50 and p99 of what users wait for, in the order of the catalogue; not of the crowd, which only loads. */
function distributionsOf(records: readonly RunRecord[]): Measure[] {
  const keys = [...new Set(records.flatMap(({ metrics }) => Object.keys(metrics)))].filter((key) => {
    const parsed = parseMetricKey(key);
    if (!parsed || !isMetricName(parsed.name) || catalogue[parsed.name].type !== 'distribution') return false;
    if (key === 'broadcast.latency' || aside.includes(parsed.name) || parsed.labels.by === 'crowd') return false;
    return parsed.name === key || records.some((record) => !sameCount(record, key, parsed.name));
  });
  const order = Object.keys(catalogue);
  const place = (key: string) => order.indexOf(parseMetricKey(key)!.name);
  keys.sort((a, b) => place(a) - place(b) || (a < b ? -1 : 1));
  return keys.flatMap((key) => [statistic(key, 'p50'), statistic(key, 'p99')]);
}

/** How many sessions went on: altogether, and by how the link was lost. */
function sharesOfSessions(records: readonly RunRecord[]): Measure[] {
  const keys = new Set(records.flatMap(({ metrics }) => Object.keys(metrics)));
  return [...keys]
    .sort()
    .filter((key) => /^recovery\.share(\{fault=[^,}]*\})?$/.test(key))
    .map((key) => ({
      ...{ metric: key, unit: 'ratio', better: 'higher', always: true, isCertain: true },
      of: (record) => number(record, key),
    }));
}

function sameCount(record: RunRecord, key: string, other: string): boolean {
  return distribution(record, key)?.count === distribution(record, other)?.count;
}

function statistic(key: string, name: Statistic): Measure {
  return {
    metric: `${key}.${name}`,
    unit: 'ms',
    better: 'lower',
    of: (record) => distribution(record, key)?.[name] ?? null,
  };
}

/** A counter over another one. What was never counted is 0; over 0 it is unknown. */
function share(top: string, bottom: string, better: Measure['better'] = 'lower'): Measure {
  const of = (record: RunRecord) => {
    const whole = number(record, bottom) ?? 0;
    return whole > 0 ? (number(record, top) ?? 0) / whole : null;
  };
  return { metric: `${top} / ${bottom}`, unit: 'ratio', better, of };
}

function distribution({ metrics }: RunRecord, key: string): Distribution | undefined {
  const metric = metrics[key];
  return metric && 'count' in metric && metric.count > 0 ? metric : undefined;
}

function number({ metrics }: RunRecord, key: string): number | null {
  const metric = metrics[key];
  return metric && 'value' in metric ? metric.value : null;
}

function highest({ vitals, phases }: RunRecord, gauge: string): number | null {
  const series = vitals.find(({ gauges }) => gauges[gauge])?.gauges[gauge] ?? [];
  const known = series.slice(phases.warmup, phases.warmup + phases.measure).filter((value) => value !== null);
  return known.length > 0 ? Math.max(...known) : null;
}
