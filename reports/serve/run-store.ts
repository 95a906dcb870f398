import type { EventLine } from '../../measure/metrics/events.ts';
import type { Window } from '../../measure/metrics/window.ts';
import type { RunState } from '../../measure/run-record/run-state.ts';

/** Runs to show, by name. A name is looked up, and is never a path. */
export interface RunStore {
  /** Looked up at each call: runs come and go. */
  names(): readonly string[];
  stateOf(name: string): RunState;
  /** All runs, looked up once. What cannot be read is unreadable, and never throws. */
  all(): readonly StoredRun[];
  /** Reports over several runs, with the ids of these. */
  sessions(): readonly RunSession[];
  /** The command that makes the report of a run that was cut short. */
  rebuildOf(name: string): string;
  /** What is appended to a run in progress, from its beginning. */
  follow(name: string): Tail;
}

export interface StoredRun {
  readonly name: string;
  readonly run: RunState;
  /** Since a run in progress started, as far as that is known. */
  readonly seconds?: number | undefined;
}

/** Runs that were made one after the other by one command. */
export interface RunSession {
  readonly name: string;
  readonly runs: readonly string[];
}

export interface Tail {
  /** What came since the last read, or a part of it. */
  read(): readonly (Window | EventLine)[];
  /** Whether the last read left more to be read. */
  readonly isBehind: boolean;
}
