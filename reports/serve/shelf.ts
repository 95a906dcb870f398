import type { EventLine } from '../../measure/events.ts';
import type { Standing } from '../../measure/standing.ts';
import type { Window } from '../../measure/window.ts';

/** Runs to show, by name. Where they lie is not of concern here: a name is looked up, and is never a path. */
export interface Shelf {
  /** Anew at each call: runs come and go. */
  names(): readonly string[];
  look(name: string): Standing;
  /** What is appended to a run that goes on, from its beginning. */
  follow(name: string): Tail;
}

export interface Tail {
  /** What came since the last look, or a part of it. */
  look(): readonly (Window | EventLine)[];
  /** Whether the last look left more to be read. */
  readonly isBehind: boolean;
}
