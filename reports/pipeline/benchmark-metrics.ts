import { measuresOf } from '../../measure/compare/comparables.ts';
import type { RunRecord } from '../../measure/run-record/run-record.ts';
import { median } from '../../measure/statistics/median.ts';
import { verdictWord } from '../wording/verdict-wording.ts';

/** A figure as github-action-benchmark takes it with the tool `customSmallerIsBetter`. */
export interface BenchmarkMetric {
  readonly name: string;
  readonly unit: string;
  readonly value: number;
  readonly range?: string;
  readonly extra: string;
}

/**
 * What can be plotted from runs: by scenario, the median of each metric of which less is better. `range` spans the runs, or
 * is the 95 % interval where there is one run.
 */
export function benchmarkMetrics(records: readonly RunRecord[]): BenchmarkMetric[] {
  const byScenario = Map.groupBy(records, ({ scenario }) => scenario.name);
  return [...byScenario].flatMap(([name, own]) => metricsOf(name, own));
}

function metricsOf(scenario: string, records: readonly RunRecord[]): BenchmarkMetric[] {
  const extra = records.map((record) => `run ${record.id}: ${verdictWord(record)}`).join('\n');
  return measuresOf(records).flatMap(({ metric, unit, better, of }): BenchmarkMetric[] => {
    const values = records.map(of).filter((value) => value !== null);
    const value = median(values);
    if (better !== 'lower' || value === undefined) return [];
    const interval = records.length === 1 ? records[0]?.intervals[metric] : undefined;
    const range =
      values.length > 1
        ? rangeOf(Math.min(...values), Math.max(...values))
        : interval && rangeOf(interval.low, interval.high);
    return [{ name: `${scenario}: ${metric}`, unit, value, ...(range && { range }), extra }];
  });
}

function rangeOf(low: number, high: number): string {
  return `${Number(low.toPrecision(4))} … ${Number(high.toPrecision(4))}`;
}
