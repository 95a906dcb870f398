import type { FoldedRun, RunRecord } from '../../measure/run-record/run-record.ts';

export type Outage = RunRecord['outages'][number];

/** A column of a scorecard: a row per fault, the same on the terminal and on the page. */
export interface ScoreColumn {
  /** What its neighbours share with it; may be empty. */
  readonly group: string;
  readonly title: string;
  readonly of: (record: FoldedRun, outage: Outage) => string;
  /** Whether it says something that must not be. */
  readonly isBad?: (outage: Outage) => boolean;
}
