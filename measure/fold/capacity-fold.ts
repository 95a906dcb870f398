import { fitCapacity } from '../capacity/capacity-fit.ts';
import { type SearchPlan, searchAfter } from '../capacity/capacity-search.ts';
import { fitScalability } from '../capacity/scalability-law.ts';
import type { CapacityWindowEvent, Event } from '../metrics/events.ts';
import type { Metrics, RunPlan, RunRecord } from '../run-record/run-record.ts';
import { median } from '../statistics/median.ts';
import type { Timeline } from './timeline.ts';

type Capacity = NonNullable<RunRecord['capacity']>;
type Level = Capacity['levels'][number];
type Breach = RunRecord['verdict']['breaches'][number];

/** Beyond this share of what the generator reaches, it may have been the generator. */
const CEILING_SHARE = 0.7;
/** A core that is used up, percent; an event loop that is so late, and garbage collected for so long in a second, ms. */
const CPU_USED_UP = 90;
const LOOP_LATE_MS = 100;
const GC_MS = 300;
/** Of the descriptors that a process may have. */
const DESCRIPTORS_SHARE = 0.95;
const REPLICATES = 41;

/** The plan of a run as the search wants it. */
export function searchPlanOf(search: NonNullable<RunPlan['search']>): SearchPlan {
  const { from, most, unit, precision, good, confidence, until } = search;
  return { from, most, unit, precision, good, confidence, until };
}

/** What a search came to, by what was seen of each window; null where nothing was searched for. */
export function capacityOf(plan: RunPlan, events: readonly Event[], timeline: Timeline): RunRecord['capacity'] {
  const { search } = plan;
  if (!search) return null;
  const windows = events.flatMap((event) => (event.kind === 'window' ? [event] : []));
  const state = searchAfter(searchPlanOf(search), windows);
  const unfinished = {
    confirmed: null,
    refuted: null,
    windows: { seen: 0, held: 0 },
    confidence: 0,
    recovered: null,
    isGeneratorBound: false,
  };
  const result = 'result' in state ? state.result : { ...unfinished, end: 'unfinished' as const };
  const ceiling = ceilingOf(events, windows);
  const levels = levelsOf(windows, timeline, search.good);
  const atLimit = windows.filter(({ level, held }) => level === result.refuted && held === false);
  const gone = levels.filter(({ level }) => level === result.refuted);
  const isNearCeiling = ceiling !== null && result.confirmed !== null && result.confirmed > CEILING_SHARE * ceiling;
  return {
    ...result,
    isAtLeast: result.confirmed !== null && (result.refuted === null || isNearCeiling || result.isGeneratorBound),
    ceiling,
    estimate: fitCapacity(windows, search.good) ?? null,
    law: fitScalability(throughputOf(levels)) ?? null,
    broke: mostFrequent(atLimit.flatMap(({ broke }) => broke)),
    gaveWay: gaveWayOf(plan, gone, timeline),
    recoveryS: recoveryOf(windows, result.recovered),
    levels,
  };
}

/** What of it thresholds can be held against. */
export function capacityMetrics({ search }: RunPlan, capacity: RunRecord['capacity']): Metrics {
  if (!search || !capacity) return {};
  const { refuted, ceiling, recoveryS } = capacity;
  // What held, but not for as long as it takes, is not confirmed.
  const confirmed = capacity.confidence >= search.confidence ? capacity.confirmed : null;
  const values = {
    'capacity.confirmed': confirmed,
    'capacity.refuted': refuted,
    'capacity.ratio': confirmed && refuted ? refuted / confirmed : null,
    'capacity.ceiling': ceiling,
  };
  const metrics: Metrics = {};
  for (const [name, value] of Object.entries(values)) if (value !== null) metrics[name] = { unit: '1', value };
  if (recoveryS !== null) metrics['capacity.recovery'] = { unit: 'ms', value: recoveryS * 1000 };
  return metrics;
}

/** Between what was confirmed and what was refuted the limit may be anywhere. */
export function capacityIntervals(capacity: RunRecord['capacity']): RunRecord['intervals'] {
  if (!capacity?.confirmed || !capacity.refuted) return {};
  const { confirmed: low, refuted: high } = capacity;
  const replicates = Array.from({ length: REPLICATES }, (_, i) => low * (high / low) ** (i / (REPLICATES - 1)));
  return { 'capacity.confirmed': { low, high, replicates } };
}

/** A search that has no answer says nothing of the target. */
export function capacityBreaches(capacity: RunRecord['capacity'], isWhole: boolean): Breach[] {
  if (!capacity || !isWhole) return [];
  const { end, confirmed, levels, refuted } = capacity;
  const windows = levels.reduce((sum, level) => sum + level.windows - level.unhealthy, 0);
  const isAnswered = end === 'confirmed' || end === 'most' || (end === 'nothingHeld' && refuted !== null);
  if (isAnswered || (end !== 'unfinished' && confirmed !== null && windows > 0)) return [];
  return [{ gate: 'search', end: end as 'generator', windows }];
}

/** By level and stage, in the order of time. */
function levelsOf(windows: readonly CapacityWindowEvent[], timeline: Timeline, good: number): Level[] {
  const groups: CapacityWindowEvent[][] = [];
  for (const window of windows) {
    const last = groups.at(-1);
    const before = last?.[0];
    if (last && before?.stage === window.stage && before.level === window.level) last.push(window);
    else groups.push([window]);
  }
  return groups.map((group) => {
    const [first] = group;
    const { stage, level, from } = first!;
    const to = group.at(-1)!.to;
    const middle = (of: (window: CapacityWindowEvent) => number | null) =>
      median(group.flatMap((window) => of(window) ?? [])) ?? null;
    const held = group.filter((window) => window.held === true).length;
    const unhealthy = group.filter((window) => window.held === null).length;
    const seen = group.length - unhealthy;
    const mean = (key: string) => meanOf(timeline.gauge(key).slice(from, to));
    return {
      ...{ stage, level, from, to },
      windows: group.length,
      held,
      unhealthy,
      outcome: seen === 0 ? ('unknown' as const) : held >= good * seen ? ('held' as const) : ('failed' as const),
      broke: mostFrequent(group.flatMap(({ held, broke }) => (held === false ? broke : []))),
      p99Ms: middle(({ p99Ms }) => p99Ms),
      firstMs: middle(({ firstMs }) => firstMs),
      medianMs: middle(({ medianMs }) => medianMs),
      lastMs: middle(({ lastMs }) => lastMs),
      deliveriesPerSecond: group.reduce((sum, window) => sum + window.deliveriesPerSecond, 0) / group.length,
      lost: group.reduce((sum, { lost }) => sum + lost, 0),
      cpu: mean('cpu{role=server}'),
      loopDelayMs: mean('loopDelay{role=server}'),
    };
  });
}

/** In the unit of the levels: as much more load as makes as many more deliveries. */
function ceilingOf(events: readonly Event[], windows: readonly CapacityWindowEvent[]): number | null {
  const ceiling = events.find((event) => event.kind === 'ceiling');
  if (ceiling?.kind !== 'ceiling') return null;
  const highest = windows
    .filter(({ held }) => held === true)
    .sort((a, b) => a.level - b.level)
    .at(-1);
  if (!highest || highest.deliveriesPerSecond === 0) return null;
  return Math.round((highest.level * ceiling.deliveriesPerSecond) / highest.deliveriesPerSecond);
}

/** What the server did at each level that held: CPU is what it had for it. */
function throughputOf(levels: readonly Level[]) {
  return levels.flatMap(({ level, held, deliveriesPerSecond }) =>
    held > 0 ? [{ load: level, perSecond: deliveriesPerSecond }] : [],
  );
}

/**
 * What of the target was used up where it did not hold, the most telling first: CPU is busy and the event loop late where something
 * else gave way, too.
 */
function gaveWayOf({ target, load }: RunPlan, levels: readonly Level[], timeline: Timeline): Capacity['gaveWay'] {
  const nodes = target.cluster?.nodes ?? 1;
  const worst = (key: string) =>
    Math.max(0, ...levels.flatMap(({ from, to }) => meanOf(timeline.gauge(key).slice(from, to)) ?? []));
  const descriptors = (load.available.descriptors ?? Number.POSITIVE_INFINITY) * nodes;
  const used = [
    { resource: 'descriptors', value: worst('fds{role=server}'), limit: DESCRIPTORS_SHARE * descriptors },
    { resource: 'redis', value: worst('cpu{role=redis}'), limit: CPU_USED_UP },
    { resource: 'memory', value: worst('server.gcPause'), limit: GC_MS },
    { resource: 'cpu', value: worst('cpu{role=server}'), limit: CPU_USED_UP * nodes },
    { resource: 'loop', value: worst('loopDelay{role=server}'), limit: LOOP_LATE_MS },
  ] as const;
  const first = used.find(({ value, limit }) => value >= limit);
  return first ? { resource: first.resource, value: first.value } : null;
}

/** From the first look at half of the capacity to the first window of it that held, s. */
function recoveryOf(windows: readonly CapacityWindowEvent[], recovered: boolean | null): number | null {
  const release = windows.filter(({ stage }) => stage === 'release');
  const back = release.find(({ held }) => held === true);
  return recovered && back ? back.from - release[0]!.from : null;
}

function mostFrequent(texts: readonly string[]): string[] {
  const counts = [...Map.groupBy(texts, (text) => text)].sort(([, a], [, b]) => b.length - a.length);
  return counts.map(([text]) => text);
}

function meanOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((a, b) => a + b, 0) / known.length;
}
