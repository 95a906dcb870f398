import type { Progress } from '../../measure/fold/progress.ts';
import type { EventLine } from '../../measure/metrics/events.ts';
import type { Window } from '../../measure/metrics/window.ts';
import type { RunPlan, RunRecord } from '../../measure/run-record/run-record.ts';
import type { AddFindings } from '../folder/run-folder.ts';
import type { FoundTarget } from '../plan/run-plan.ts';
import type { RunRequest } from '../plan/run-request.ts';
import {
  conduct,
  InterruptedError,
  type MakeGenerators,
  type RunHandle,
  type RunObserver,
  type Signal,
} from './conductor.ts';
import { LocalGenerators } from './generators.ts';
import { prepareRun } from './prepare-run.ts';

/** Follows the runs of a session: the terminal, the live page and other outputs are observers. What they leave out is not told. */
export interface SessionObserver {
  /** A run is about to be prepared: its target is looked for, and its packages are installed. */
  preparing?(request: RunRequest): void;
  /** A run is about to start its processes; `found` is what its target told already. It waits for what is returned. */
  starting?(request: RunRequest, found: FoundTarget): void | Promise<void>;
  /** A run's measurement starts by this plan. */
  planned?(request: RunRequest, plan: RunPlan): void;
  /** Once a second: the lines that were written since, and where the run stands. */
  advanced?(request: RunRequest, lines: readonly (Window | EventLine)[], progress: Progress): void;
  /** A run is over; writing its record is up to an observer. It waits for what is returned. */
  finished?(request: RunRequest, record: RunRecord): void | Promise<void>;
  /** A run was interrupted before anything was measured: it has no record. */
  abandoned?(request: RunRequest): void;
}

/** Runs that are made one after the other. */
export interface Session {
  /** The records of the runs that have one. Rejects with a UsageError where a target cannot be connected to. */
  readonly done: Promise<readonly RunRecord[]>;
  /** Ends the current run early but in order, the second time at once; no further run is made. */
  interrupt(signal: Signal): void;
}

/** Makes runs, and tells the observers, in their order, what happens. It prints nothing. */
export function session(
  requests: readonly RunRequest[],
  observers: readonly SessionObserver[],
  addFindings: AddFindings,
): Session {
  let current: RunHandle | undefined;
  let isInterrupted = false;
  return { done: runAll(), interrupt };

  async function runAll(): Promise<RunRecord[]> {
    const records: RunRecord[] = [];
    for (const asked of requests) {
      if (isInterrupted) break;
      for (const observer of observers) observer.preparing?.(asked);
      const { request, found } = await prepareRun(asked);
      if (isInterrupted) break;
      for (const observer of observers) await observer.starting?.(request, found);
      const record = await runOne(request, found);
      if (record) records.push(record);
      for (const observer of observers) {
        if (record) await observer.finished?.(request, record);
        else observer.abandoned?.(request);
      }
    }
    return records;
  }

  async function runOne(request: RunRequest, found: FoundTarget): Promise<RunRecord | undefined> {
    const generatorsOf = await generatorsFor(request);
    const observer: RunObserver = {
      addFindings,
      planned: (plan) => {
        for (const observer of observers) observer.planned?.(request, plan);
      },
      advanced: (lines, progress) => {
        for (const observer of observers) observer.advanced?.(request, lines, progress);
      },
    };
    current = conduct(request, found, observer, generatorsOf);
    try {
      return await current.done;
    } catch (error) {
      if (error instanceof InterruptedError || isInterrupted) return undefined;
      throw error;
    } finally {
      current = undefined;
    }
  }

  function interrupt(signal: Signal): void {
    isInterrupted = true;
    current?.interrupt(signal);
  }
}

/** Processes on this machine, or workers elsewhere, whose code is read only where they are wanted. */
async function generatorsFor({ workers }: RunRequest): Promise<MakeGenerators> {
  if (!workers) return (context) => new LocalGenerators(context);
  const { RemoteGenerators } = await import('../workers/remote-generators.ts');
  return (context) => new RemoteGenerators(context);
}
