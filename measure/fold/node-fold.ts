import { metricKey } from '../metrics/metric-key.ts';
import type { RunPlan, RunRecord } from '../run-record/run-record.ts';
import { range } from './seconds.ts';
import type { NodeSeries, Timeline } from './timeline.ts';

type Nodes = RunRecord['nodes'];
type OutageNodes = NonNullable<RunRecord['outages'][number]['nodes']>;
type Planned = RunPlan['outages'][number];

/** The nodes of a target that has several, over the measured interval; empty where it has not. */
export function nodesOf({ phases: { warmup, measure } }: RunPlan, timeline: Timeline): Nodes {
  const within = (series: NodeSeries | undefined) =>
    (series ?? []).slice(warmup, warmup + measure).filter((value) => value !== null);
  const told = timeline.counterKeys('delivery.arrived').length > 0;
  return timeline.nodes().map(({ name, gauges }) => {
    const delays = within(gauges('loopDelay{role=server}'));
    const key = metricKey('delivery.arrived', { node: name });
    const seconds = range(warmup, warmup + measure);
    return {
      name,
      clients: meanAndMost(within(gauges('server.clients'))),
      cpu: meanAndMost(within(gauges('server.cpu'))),
      loopDelayMs: delays.length === 0 ? null : Math.max(...delays),
      arrived: told ? seconds.reduce((sum, second) => sum + timeline.counter(key, second), 0) : null,
    };
  });
}

/** How unevenly clients were spread over the nodes in the measured interval: 1 is even; undefined where it is not known. */
export function imbalanceOf({ phases: { warmup, measure } }: RunPlan, timeline: Timeline): number | undefined {
  const clients = clientsByNode(timeline);
  const known = range(warmup, warmup + measure).flatMap((second) => imbalanceAt(clients, second) ?? []);
  return known.length === 0 ? undefined : known.reduce((sum, one) => sum + one, 0) / known.length;
}

/** What a fault of all clients did to the nodes; null where there are not several. */
export function outageNodesOf(timeline: Timeline, { from, until, to }: Planned): OutageNodes | null {
  if (timeline.nodes().length === 0) return null;
  return {
    sameNode: accountOf(timeline, 'same-node', from, to),
    crossNode: accountOf(timeline, 'cross-node', from, to),
    peakArrivals: peakArrivals(timeline, from, to),
    balancedAfter: balancedAfter(timeline, from, until, to),
  };
}

const outcomes = ['expected', 'delivered', 'recovered', 'missed', 'lost', 'unknown', 'reordered'] as const;

function accountOf(
  timeline: Timeline,
  path: 'same-node' | 'cross-node',
  from: number,
  to: number,
): OutageNodes['sameNode'] {
  const seconds = range(from, to);
  const of = (name: string) =>
    seconds.reduce((sum, second) => sum + timeline.counter(metricKey(`delivery.${name}`, { path }), second), 0);
  const slowest = seconds.flatMap((second) => timeline.slowestBy(path, second) ?? []);
  const counts = Object.fromEntries(outcomes.map((name) => [name, of(name)])) as Record<
    (typeof outcomes)[number],
    number
  >;
  return { ...counts, slowestMs: slowest.length === 0 ? null : Math.max(...slowest) };
}

function peakArrivals(timeline: Timeline, from: number, to: number): number {
  let peak = 0;
  for (const clients of clientsByNode(timeline)) {
    for (const second of range(from, to)) {
      const [before, now] = [clients[second - 1], clients[second]];
      if (typeof before === 'number' && typeof now === 'number') peak = Math.max(peak, now - before);
    }
  }
  return peak;
}

/** A node may have so many times the mean and still be balanced. */
const EVEN = 1.25;

function balancedAfter(timeline: Timeline, from: number, until: number, to: number): number | null {
  const clients = clientsByNode(timeline);
  const before = imbalanceAt(clients, from - 1) ?? EVEN;
  const limit = Math.max(EVEN, before);
  const second = range(until, to).find((one) => {
    const now = imbalanceAt(clients, one);
    return now !== undefined && now <= limit;
  });
  return second === undefined ? null : second - until;
}

/** How many clients each node had, by second. */
function clientsByNode(timeline: Timeline): NodeSeries[] {
  return timeline.nodes().map(({ gauges }) => gauges('server.clients') ?? []);
}

/** The clients of the fullest node over the mean of all; undefined where a node does not tell, or nobody is there. */
function imbalanceAt(clients: readonly NodeSeries[], second: number): number | undefined {
  const known = clients.flatMap((series) => series[second] ?? []);
  const sum = known.reduce((total, count) => total + count, 0);
  return known.length < clients.length || sum === 0 ? undefined : Math.max(...known) / (sum / known.length);
}

function meanAndMost(values: readonly number[]): { mean: number; most: number } | null {
  if (values.length === 0) return null;
  return { mean: values.reduce((sum, value) => sum + value, 0) / values.length, most: Math.max(...values) };
}
