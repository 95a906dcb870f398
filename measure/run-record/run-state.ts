import type { RunPlan, RunRecord } from './run-record.ts';

/** How a run stands. */
export type RunState =
  /** It is over; another `stamp` is another record. `record` throws an Error with a sentence where it is damaged. */
  | { readonly state: 'finished'; readonly stamp: string; readonly record: () => RunRecord }
  | { readonly state: 'running'; readonly plan: RunPlan }
  /** It has not begun. */
  | { readonly state: 'pending' }
  | { readonly state: 'unreadable'; readonly why: string };
