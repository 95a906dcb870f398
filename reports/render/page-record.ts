import type { RunRecord } from '../../measure/run-record/run-record.ts';

/** A record as the page has it: percentile curves in place of the histograms' encodings. */
export type PageRecord = RunRecord & {
  readonly curves: readonly PercentileCurve[];
  /** Whether more is to come. */
  readonly isRunning?: true;
};

/** A distribution by its percentiles: pairs of a percentile and its value in ms, as far as messages stand behind them. */
export interface PercentileCurve {
  readonly key: string;
  readonly points: readonly (readonly [percent: number, ms: number])[];
}
