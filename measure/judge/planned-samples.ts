import { type Labels, parseMetricKey } from '../metrics/metric-key.ts';
import type { RunPlan } from '../run-record/run-record.ts';
import { samplesFor } from '../statistics/sufficiency.ts';
import { parseThreshold } from './thresholds.ts';

/** What one sample of a metric is: a message, or a client that did this once. */
export type SampleKind = 'message' | 'reconnect' | 'fallback' | 'connect' | 'upgrade' | 'other';

/** What a threshold over a percentile needs to be decided. */
export interface SampleNeed {
  readonly threshold: string;
  /** The metric. */
  readonly key: string;
  /** The percentile, such as `p99`. */
  readonly percentile: string;
  readonly kind: SampleKind;
  /** Independent samples. */
  readonly wanted: number;
}

const percents = { p50: 50, p90: 90, p95: 95, p99: 99, p999: 99.9 } as const;

/** What a threshold needs; undefined if it is over no percentile. */
export function sampleNeedOf(threshold: string): SampleNeed | undefined {
  const { term, divisor } = parseThreshold(threshold);
  for (const one of [term, divisor]) {
    if (one === undefined || !Object.hasOwn(percents, one.statistic)) continue;
    const { key, statistic: percentile } = one;
    const wanted = samplesFor(percents[percentile as keyof typeof percents]);
    return { threshold, key, percentile, kind: kindOf(key), wanted };
  }
  return undefined;
}

/** About how many samples of a metric a plan makes, at most; undefined where that is up to the target. */
export function plannedSamples(plan: RunPlan, { key, kind }: SampleNeed): number | undefined {
  const labels = parseMetricKey(key)?.labels ?? {};
  if (labels.by !== undefined) return undefined;
  switch (kind) {
    case 'message':
      return messagesOf(plan, labels);
    case 'reconnect':
      return reconnectionsOf(plan, key, labels) || undefined;
    case 'fallback':
      return clientsOfCells(plan, labels, ({ network }) => network !== 'open');
    case 'connect':
    case 'upgrade':
      return plan.matrix
        ? clientsOfCells(plan, labels)
        : plan.load.probes + reconnectionsOf(plan, 'reconnect.time', {});
    case 'other':
      return undefined;
  }
}

function kindOf(key: string): SampleKind {
  if (/^(broadcast\.(latency|first|median|last|spread|service)|ack\.latency|generator\.lag)\b/.test(key))
    return 'message';
  const [, area] = /^(reconnect|fallback|connect|upgrade)\./.exec(key) ?? [];
  return (area as SampleKind | undefined) ?? 'other';
}

/** In a matrix each network has a rate of its own, so that only all messages are known. */
function messagesOf({ target, load }: RunPlan, { room, order, network }: Labels): number | undefined {
  if (target.mode === 'listening' || order !== undefined || network !== undefined) return undefined;
  return room === undefined ? load.offered : Math.round(load.offered / load.rooms);
}

/** Each fault cuts each of its clients once; one that is made again and again makes as many returns. */
function reconnectionsOf({ outages }: RunPlan, key: string, { fault }: Labels): number {
  const cutting = outages.filter((one) => one.cuts !== 'never' && (fault ?? one.fault) === one.fault);
  return cutting.reduce((sum, { kinds, cuts, bots: [, clients], from, until }) => {
    const isRepeated = cuts === 'openly' && kinds.every((kind) => !kind.startsWith('server-'));
    const returns = key.startsWith('reconnect.time') && isRepeated ? until - from + 1 : 1;
    return sum + clients * returns;
  }, 0);
}

type Cell = NonNullable<RunPlan['matrix']>['cells'][number];

function clientsOfCells(
  { matrix }: RunPlan,
  { order, network }: Labels,
  isAsked: (cell: Cell) => boolean = () => true,
): number | undefined {
  const cells = matrix?.cells.filter(
    (cell) => (order ?? cell.order) === cell.order && (network ?? cell.network) === cell.network && isAsked(cell),
  );
  return cells?.reduce((sum, { bots: [, clients] }) => sum + clients, 0) || undefined;
}
