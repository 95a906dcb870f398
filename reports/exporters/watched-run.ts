import { LiveMetrics } from '../../measure/fold/live-metrics.ts';
import type { Progress } from '../../measure/fold/progress.ts';
import type { EventLine } from '../../measure/metrics/events.ts';
import type { Window } from '../../measure/metrics/window.ts';
import type { RunPlan } from '../../measure/run-record/run-record.ts';

/** A run in progress, as exporters tell of it. */
export class WatchedRun {
  readonly plan: RunPlan;
  readonly metrics: LiveMetrics;
  progress: Progress | undefined;

  constructor(plan: RunPlan) {
    this.plan = plan;
    this.metrics = new LiveMetrics(plan);
  }

  advance(lines: readonly (Window | EventLine)[], progress: Progress): void {
    this.metrics.add(lines);
    this.progress = progress;
  }
}
