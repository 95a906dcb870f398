import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../../base/errors.ts';
import { isFileError } from '../../base/file-problem.ts';
import { redacted } from '../../bots/identity/user-identity.ts';
import { sourceOf } from '../../measure/metrics/source.ts';
import type { RunPlan } from '../../measure/run-record/run-record.ts';
import { LineWriter, UnwritableError } from '../folder/line-writer.ts';
import { createRunFolder, files, readPlan, writeWhole } from '../folder/run-folder.ts';
import { type FoundTarget, layOutRequest, planRun, shortened } from '../plan/run-plan.ts';
import { type RunRequest, secretsOf } from '../plan/run-request.ts';
import type { Processes, StartError } from './processes.ts';

/** What the conductor writes into a run's folder besides the log, and what becomes of the run where it cannot. */
export class RunFiles {
  readonly #request: RunRequest;
  readonly #found: FoundTarget;
  readonly #gaveUp: () => void;
  #unwritable: string | undefined;

  /** `gaveUp` is called when the folder cannot be written to any more. */
  constructor(request: RunRequest, found: FoundTarget, gaveUp: () => void) {
    this.#request = request;
    this.#found = found;
    this.#gaveUp = gaveUp;
  }

  /** Why the folder could not be written to; undefined where it could. */
  get unwritable(): string | undefined {
    return this.#unwritable;
  }

  /** Makes the folder, with a plan in it: whatever happens from now on leaves a run. Throws a UsageError. */
  create(): void {
    createRunFolder(this.#request.folder);
    // The address of a server of our own is known once it has started.
    this.writePlan('');
  }

  /** Throws a UsageError. */
  writePlan(origin: string): RunPlan {
    const plan = planRun(this.#request, { ...this.#found, origin }, new Date().toISOString());
    this.#write(plan);
    return plan;
  }

  /** A run that was over before its time, as it had its answer at this second, was to be no longer. */
  shortenPlan(atS: number): void {
    this.attempt(() => this.#write(shortened(readPlan(this.#request.folder), layOutRequest(this.#request), atS)));
  }

  #write(plan: RunPlan): void {
    writeWhole(this.#request.folder, files.plan, `${JSON.stringify(plan, null, 2)}\n`);
  }

  /** Nothing was measured, and nothing went wrong: it is no run. */
  removePlan(): void {
    rmSync(join(this.#request.folder, files.plan), { force: true });
  }

  writeProcesses(processes: Processes): void {
    const all = [{ role: 'conductor', number: 0, pid: process.pid }, ...processes.pids()];
    this.attempt(() => writeWhole(this.#request.folder, files.processes, `${JSON.stringify(all, null, 2)}\n`));
  }

  /** Writes down that a child ended before the run began. */
  writeEarlyDeath({ child, end }: StartError): void {
    const source = sourceOf('conductor');
    this.attempt(() => {
      const writer = new LineWriter(this.#request.folder, source);
      const event = { kind: 'died', at: 0, role: child.role, end, said: this.safe(child.lastLines()) } as const;
      writer.write([{ at: 0, source, event }]);
      writer.close();
    });
  }

  /** What a child printed, without what may be written nowhere. */
  safe(lines: readonly string[]): string[] {
    const secrets = secretsOf(this.#request);
    return lines.map((line) => redacted(line, secrets));
  }

  /** Does something with the folder; where that cannot be done, the run is given up with what there is of it. */
  attempt(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (!(error instanceof UnwritableError || error instanceof UsageError || isFileError(error))) throw error;
      this.#unwritable ??= error.message;
      this.#gaveUp();
    }
  }
}
