import type { RunRecord } from '../../measure/run-record/run-record.ts';

/** A threshold that is an upper limit of the latency of all deliveries. */
export interface LatencyLimit {
  /** p99, max and so on. */
  readonly statistic: string;
  /** As it is written: 250 ms. */
  readonly words: string;
  readonly ms: number;
  readonly isBroken: boolean;
}

/** Those of a run's thresholds that are one. */
export function latencyLimits({ verdict }: Pick<RunRecord, 'verdict'>): LatencyLimit[] {
  return verdict.thresholds.flatMap(({ text, outcome }) => {
    const [, statistic, value, unit] = /^broadcast\.latency\.(\w+) *<=? *([\d.]+) *(ms|s)$/.exec(text) ?? [];
    if (statistic === undefined) return [];
    const ms = Number(value) * (unit === 's' ? 1000 : 1);
    return [{ statistic, words: `${value} ${unit}`, ms, isBroken: outcome === 'fail' }];
  });
}
