import type { RunRecord } from './run-record.ts';

type WithMetrics = Pick<RunRecord, 'metrics'>;
export type DistributionMetric = Extract<RunRecord['metrics'][string], { count: number }>;

/** The value of a counter or a derived metric; 0 where it was never touched. */
export function numberOf(record: WithMetrics, key: string): number {
  return knownNumberOf(record, key) ?? 0;
}

/** The value of a counter or a derived metric; undefined where there is none. */
export function knownNumberOf({ metrics }: WithMetrics, key: string): number | undefined {
  const metric = metrics[key];
  return metric && 'value' in metric ? metric.value : undefined;
}

/** A distribution; undefined where it has no samples. */
export function samplesOf({ metrics }: WithMetrics, key: string): DistributionMetric | undefined {
  const metric = metrics[key];
  return metric && 'count' in metric && metric.count > 0 ? metric : undefined;
}

/** How long after a fault of all clients the slowest was back, ms; null where none was away. Personas choose how long they are. */
export function slowestBack({ outages }: Pick<RunRecord, 'outages'>): number | null {
  const all = slowestOutage({ outages })?.backAfter.all ?? null;
  return all === null ? null : all * 1000;
}

/** The fault of all clients after which the slowest was back last; undefined where none was away. */
export function slowestOutage({ outages }: Pick<RunRecord, 'outages'>): RunRecord['outages'][number] | undefined {
  return outages
    .filter(({ backAfter, ledger }) => backAfter.all !== null && ledger !== null)
    .reduce<RunRecord['outages'][number] | undefined>(
      (slowest, one) => (slowest && slowest.backAfter.all! >= one.backAfter.all! ? slowest : one),
      undefined,
    );
}

/** Messages per second: those that were planned or, where only the server speaks, those that came. */
export function messageRate(record: Pick<RunRecord, 'target' | 'load' | 'phases' | 'metrics'>): number {
  const { target, load, phases } = record;
  if (target.mode !== 'listening') return load.talkers * load.ratePerTalker;
  return numberOf(record, 'messages.sent') / phases.measure;
}
