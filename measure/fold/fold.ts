import type { EventLine } from '../metrics/events.ts';
import type { Window } from '../metrics/window.ts';
import type { FoldedRun, RunPlan } from '../run-record/run-record.ts';
import { RunningFold } from './running-fold.ts';

/**
 * Makes the record of a run from its plan and the lines of its folder: pure, and the same whatever the order of the
 * lines. What the probes could not settle because they were killed is `unknown`, and the run `partial`.
 */
export function fold(plan: RunPlan, lines: Iterable<Window | EventLine>, notes: readonly string[] = []): FoldedRun {
  const running = new RunningFold(plan);
  running.add(lines);
  return running.record(notes);
}
