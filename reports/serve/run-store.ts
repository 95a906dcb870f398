import type { EventLine } from '../../measure/metrics/events.ts';
import type { Window } from '../../measure/metrics/window.ts';
import type { RunState } from '../../measure/run-record/run-state.ts';

/** Runs to show, by name. A name is looked up, and is never a path. */
export interface RunStore {
  /** Looked up at each call: runs come and go. */
  names(): readonly string[];
  stateOf(name: string): RunState;
  /** What is appended to a run in progress, from its beginning. */
  follow(name: string): Tail;
}

export interface Tail {
  /** What came since the last read, or a part of it. */
  read(): readonly (Window | EventLine)[];
  /** Whether the last read left more to be read. */
  readonly isBehind: boolean;
}
