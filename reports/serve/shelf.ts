import type { EventLine } from '../../measure/events.ts';
import type { RunPlan, RunRecord } from '../../measure/run-record.ts';
import type { Window } from '../../measure/window.ts';

/** Runs to show, by name. Where they lie is not of concern here: a name is looked up, and is never a path. */
export interface Shelf {
  /** Anew at each call: runs come and go. */
  names(): readonly string[];
  look(name: string): Look;
  /** What is appended to a run that goes on, from its beginning. */
  follow(name: string): Tail;
}

/** How a run stands. */
export type Look =
  /** It is over; another `stamp` is another record. `record` throws an Error with a sentence where it is damaged. */
  | { readonly state: 'over'; readonly stamp: string; readonly record: () => RunRecord }
  | { readonly state: 'goingOn'; readonly plan: RunPlan }
  /** It has not begun. */
  | { readonly state: 'awaited' }
  | { readonly state: 'noRun'; readonly why: string };

export interface Tail {
  /** What came since the last look, or a part of it. */
  look(): readonly (Window | EventLine)[];
  /** Whether the last look left more to be read. */
  readonly isBehind: boolean;
}
