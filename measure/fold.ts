import type { EventLine } from './events.ts';
import type { RunPlan, RunRecord } from './run-record.ts';
import { RunningFold } from './running-fold.ts';
import type { Window } from './window.ts';

/**
 * Makes the record of a run from its plan and the lines of its folder: pure, and the same whatever the order of the
 * lines. What the probes could not settle because they were killed is `unknown`, and the run `partial`.
 */
export function fold(plan: RunPlan, lines: Iterable<Window | EventLine>, notes: readonly string[] = []): RunRecord {
  const running = new RunningFold(plan);
  running.add(lines);
  return running.record(notes);
}
