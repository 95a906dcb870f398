import type { RunPlan, RunRecord } from './run-record.ts';

/** How a run stands. */
export type Standing =
  /** It is over; another `stamp` is another record. `record` throws an Error with a sentence where it is damaged. */
  | { readonly state: 'over'; readonly stamp: string; readonly record: () => RunRecord }
  | { readonly state: 'goingOn'; readonly plan: RunPlan }
  /** It has not begun. */
  | { readonly state: 'awaited' }
  | { readonly state: 'noRun'; readonly why: string };
