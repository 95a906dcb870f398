import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { hostNow, runClock } from '../bots/clock.ts';
import { knock } from '../bots/connection.ts';
import { type Progress, ProgressWatch } from '../measure/progress.ts';
import type { RunPlan, RunRecord } from '../measure/run-record.ts';
import { artillerySpec } from './artillery.ts';
import { Child, type ChildSpec, type Role } from './child.ts';
import { FolderTail } from './folder-tail.ts';
import type { FromProbes, ProbesOrder, ToProbes } from './messages.ts';
import { planRun, type RunRequest, roomNames, troupePlanOf } from './plan.ts';
import { createRunFolder, files, foldRunFolder, writeWhole } from './run-folder.ts';
import { serverSpec } from './server-spec.ts';
import { VitalsLog } from './vitals-log.ts';

/** The target did not let a client in. */
export class TargetUnreachableError extends Error {
  readonly code = 'TARGET_UNREACHABLE';
}

/** What the outside may tell a run while it goes on. */
export interface RunHandle {
  readonly done: Promise<RunRecord>;
  /** Ends the run early but in order; a second time, at once. */
  interrupt(signal: 'SIGINT' | 'SIGTERM'): void;
}

const READY_MS = 15_000;
const KNOCK_MS = 5000;
const SECOND = 1000;
/** How long over its schedule a child may be before it counts as hung. */
const GRACE_MS = 15_000;
const CLOSE_MS = 4000;
/** How long Artillery may take to end by itself once the probes are done. */
const CROWD_END_MS = 6000;

/**
 * Conducts one run: starts target, probes and crowd as children, writes down what they use, waits for the probes to
 * finish, and always cleans up. Rejects with a TargetUnreachableError where the target lets nobody in; a child that dies
 * does not reject, it makes the record say so.
 */
export function conduct(request: RunRequest, progress: (progress: Progress) => void): RunHandle {
  const run = new Run(request, progress);
  return { done: run.perform(), interrupt: (signal) => run.interrupt(signal) };
}

class Run {
  readonly #request: RunRequest;
  readonly #progress: (progress: Progress) => void;
  readonly #children = new Map<Role, Child>();
  readonly #stopping = Promise.withResolvers<void>();
  #log: VitalsLog | undefined;
  #interrupted: 'SIGINT' | 'SIGTERM' | undefined;
  #stopped = false;

  constructor(request: RunRequest, progress: (progress: Progress) => void) {
    this.#request = request;
    this.#progress = progress;
  }

  async perform(): Promise<RunRecord> {
    const { folder, target } = this.#request;
    if (target) await this.#knock(target);
    createRunFolder(folder);
    try {
      const url = target ?? (await this.#startServer());
      const probes = await this.#start({ role: 'probes', main: [fileOf('./probes.ts')], env: {}, folder }, isReady);
      await this.#play(url, probes.child);
    } finally {
      await this.#cleanUp();
    }
    return foldRunFolder(folder);
  }

  interrupt(signal: 'SIGINT' | 'SIGTERM'): void {
    if (this.#interrupted) {
      for (const child of this.#children.values()) child.kill('SIGKILL');
      return;
    }
    this.#interrupted = signal;
    this.#log?.event({ kind: 'interrupted', signal });
    this.#stop();
  }

  async #knock(target: URL): Promise<void> {
    const { dialect } = this.#request.scenario;
    try {
      await knock(target.href, dialect, KNOCK_MS);
    } catch (error) {
      const door = `${target.origin}${dialect.namespace}`;
      const why = (error as Error).message;
      throw new TargetUnreachableError(`Expected to be let in at ${door}, got: ${why}. Is the server running there?`);
    }
  }

  async #startServer(): Promise<URL> {
    const { scenario, folder } = this.#request;
    const spec = serverSpec(scenario.server, folder);
    const { message } = await this.#start(spec, (told) => (told as { ready?: string }).ready);
    return new URL(message);
  }

  async #play(url: URL, probes: Child): Promise<void> {
    const request = this.#request;
    const { scenario, folder, seed, users } = request;
    const id = randomUUID().slice(0, 8);
    const startAt = hostNow();
    const plan = planRun(request, id, url.origin, new Date().toISOString());
    writeWhole(folder, files.plan, `${JSON.stringify(plan, null, 2)}\n`);
    const clock = runClock(startAt);
    const log = new VitalsLog(folder, clock, this.#children, request.target ? undefined : url);
    this.#log = log;
    if (this.#interrupted) log.event({ kind: 'interrupted', signal: this.#interrupted });
    if (users > 0) this.#launch(artillerySpec(scenario, url, users, { folder, runId: id, startAt, seed }));
    const order: ProbesOrder = {
      folder,
      runId: id,
      startAt,
      url: url.href,
      dialect: scenario.dialect,
      rooms: roomNames(scenario.probes.rooms),
      plan: troupePlanOf(scenario, seed),
    };
    tell(probes, { start: order });
    if (this.#stopped) tell(probes, { stop: true });
    this.#writeProcesses();
    const watch = new ProgressWatch(plan);
    const tail = new FolderTail(folder);
    const ticking = setInterval(() => {
      log.sample();
      this.#progress(watch.add(tail.look(), clock()));
    }, SECOND);
    try {
      await this.#untilDone(probes, plan);
      if (!this.#interrupted) log.event({ kind: 'ended' });
    } finally {
      clearInterval(ticking);
    }
  }

  /** Resolves when the probes are done, or what there is to end early has ended. */
  async #untilDone(probes: Child, plan: RunPlan): Promise<void> {
    const { warmup, measure, drain } = plan.phases;
    const lengthMs = (warmup + measure + drain) * SECOND + GRACE_MS;
    const done = probes.message((message) => ('done' in (message as FromProbes) ? true : undefined), lengthMs);
    for (const child of this.#children.values()) void this.#mourn(child, measureEnd(plan));
    void this.#stopping.promise.then(() => tell(probes, { stop: true }));
    await done.catch((error: Error) => this.#died('probes', error.message));
    const crowd = this.#children.get('crowd');
    if (crowd) await Promise.race([crowd.ended, this.#stopping.promise, after(CROWD_END_MS)]);
  }

  /** A child that ends before the run does stops the run. */
  async #mourn(child: Child, crowdEndsMs: number): Promise<void> {
    const how = await child.ended;
    if (this.#stopped) return;
    if (child.role === 'crowd' && how === 'exit 0' && this.#log && this.#log.at() >= crowdEndsMs) return;
    if (child.role === 'probes' && how === 'exit 0') return;
    this.#died(child.role, how);
  }

  #died(role: Role, how: string): void {
    if (this.#stopped) return;
    this.#log?.event({ kind: 'died', role, how });
    this.#stop();
  }

  #stop(): void {
    this.#stopped = true;
    this.#stopping.resolve();
    void this.#children.get('crowd')?.close(SECOND);
  }

  #launch(spec: ChildSpec): Child {
    const child = new Child(spec);
    this.#children.set(spec.role, child);
    return child;
  }

  async #start<T>(spec: ChildSpec, read: (message: unknown) => T | undefined): Promise<{ child: Child; message: T }> {
    const child = this.#launch(spec);
    try {
      return { child, message: await child.message(read, READY_MS) };
    } catch (error) {
      throw new Error(
        `The ${spec.role} ${(error as Error).message} before it was ready; see ${spec.role}.log in ${spec.folder}.`,
      );
    }
  }

  #writeProcesses(): void {
    const processes = [...this.#children.values()].map(({ role, pid }) => ({ role, pid }));
    const all = [{ role: 'conductor', pid: process.pid }, ...processes];
    writeWhole(this.#request.folder, files.processes, `${JSON.stringify(all, null, 2)}\n`);
  }

  async #cleanUp(): Promise<void> {
    this.#stopped = true;
    const { server, ...clients } = Object.fromEntries(this.#children) as Partial<Record<Role, Child>>;
    await Promise.all(Object.values(clients).map((child) => child?.close(CLOSE_MS)));
    await server?.close(CLOSE_MS);
    this.#log?.close();
  }
}

function measureEnd({ phases }: RunPlan): number {
  return (phases.warmup + phases.measure) * SECOND;
}

function isReady(message: unknown): true | undefined {
  return 'ready' in (message as FromProbes) || undefined;
}

function tell(probes: Child, message: ToProbes): void {
  probes.send(message);
}

function after(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}

function fileOf(relative: string): string {
  return fileURLToPath(new URL(relative, import.meta.url));
}
