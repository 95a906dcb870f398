import type { RunPlan, RunRecord } from '../../measure/run-record/run-record.ts';

/** A record as the page has it: percentile curves in place of the histograms' encodings. */
export type PageRecord = RunRecord & {
  readonly curves: readonly PercentileCurve[];
  /** The last run before it that is like it; null where there is none. */
  readonly previous: PreviousRun | null;
  /** The faults that are planned, of a run in progress; empty otherwise. */
  readonly planned: RunPlan['outages'];
  /** Whether more is to come. */
  readonly isRunning?: true;
};

/** What a report says of the run before: figures as in its tiles, times in ms; null where too little was measured. */
export interface PreviousRun {
  readonly id: string;
  readonly startedAt: string;
  readonly p50: number | null;
  readonly p99: number | null;
  readonly delivered: number | null;
  readonly lost: number;
  readonly duplicate: number;
  readonly slowestBack: number | null;
}

/** A distribution by its percentiles: pairs of a percentile and its value in ms, as far as messages stand behind them. */
export interface PercentileCurve {
  readonly key: string;
  readonly points: readonly (readonly [percent: number, ms: number])[];
}
