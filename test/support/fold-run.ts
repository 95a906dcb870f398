import { fold } from '../../measure/fold/fold.ts';
import type { EventLine } from '../../measure/metrics/events.ts';
import type { Window } from '../../measure/metrics/window.ts';
import type { RunPlan, RunRecord } from '../../measure/run-record/run-record.ts';
import { withFindings } from '../../reports/findings/all-findings.ts';

/** The whole record of a run, as run.json holds it. */
export function foldRun(plan: RunPlan, lines: Iterable<Window | EventLine>): RunRecord {
  return withFindings(fold(plan, lines));
}
