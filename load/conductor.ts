import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { hostNow, type RunClock, runClock } from '../bots/clock.ts';
import { type Door, knock } from '../bots/connection.ts';
import type { FaultEvent } from '../measure/events.ts';
import { type Progress, ProgressWatch } from '../measure/progress.ts';
import type { RunPlan, RunRecord } from '../measure/run-record.ts';
import { artillerySpec } from './artillery.ts';
import type { Floor } from './calibration.ts';
import { Cast } from './cast.ts';
import type { Child, Role } from './child.ts';
import { openDoors, proxySpec, strikeDoors } from './doors.ts';
import { everySecond, lookBackMs } from './every-second.ts';
import { FolderTail } from './folder-tail.ts';
import type { FromProbes, ProbesOrder, ToProbes } from './messages.ts';
import { planRun, type RunRequest } from './plan.ts';
import { createRunFolder, files, foldRunFolder, removePulses, writeStart, writeWhole } from './run-folder.ts';
import { serverSpec } from './server-spec.ts';
import { type Staging, stagingOf, type TimedFault } from './staging.ts';
import { VitalsLog } from './vitals-log.ts';

/** The target did not let a client in. */
export class TargetUnreachableError extends Error {
  readonly code = 'TARGET_UNREACHABLE';
}

/** A run that goes on. */
export interface RunHandle {
  /** Rejects with a TargetUnreachableError where the target lets nobody in; a child that dies only marks the record. */
  readonly done: Promise<RunRecord>;
  /** Ends the run early but in order; said a second time, at once. */
  interrupt(signal: Signal): void;
}

type Signal = 'SIGINT' | 'SIGTERM';

const KNOCK_MS = 5000;
const CALIBRATION_MS = 15_000;
/** How long over its schedule the troupe may be before it counts as hung. */
const GRACE_MS = 15_000;
/** How long the crowd may take to leave once the probes are done. */
const CROWD_END_MS = 6000;
const CROWD_STOP_MS = 1000;
/** How long a server that is told to end may take. */
const SERVER_END_MS = 5000;

/**
 * Conducts one run: starts target, crowd and probes as children, gives the start signal, writes down what they use,
 * waits for the probes to finish, and always cleans up.
 */
export function conduct(request: RunRequest, progress: (progress: Progress) => void): RunHandle {
  const run = new Run(request, progress);
  return { done: run.perform(), interrupt: (signal) => run.interrupt(signal) };
}

class Run {
  readonly #request: RunRequest;
  readonly #progress: (progress: Progress) => void;
  readonly #staging: Staging;
  readonly #cast = new Cast();
  readonly #stopping = Promise.withResolvers<void>();
  readonly #crowdLeft = Promise.withResolvers<void>();
  #log: VitalsLog | undefined;
  #interruptedBy: Signal | undefined;
  #stopped = false;
  /** Children that end because a fault says so. */
  readonly #expected = new Set<Child>();

  constructor(request: RunRequest, progress: (progress: Progress) => void) {
    this.#request = request;
    this.#staging = stagingOf(request.scenario, request.seed, request.target === undefined);
    this.#progress = progress;
  }

  async perform(): Promise<RunRecord> {
    const { id: runId, scenario, folder, target, users, seed } = this.#request;
    if (target) await this.#knock(target);
    createRunFolder(folder);
    const cast = this.#cast;
    try {
      const probes = { role: 'probes', main: [mainOf('./probes.ts')], env: {}, folder } as const;
      const { child } = await this.#unlessStopped(cast.start(probes, isReady));
      const floor = await this.#unlessStopped(this.#calibrate(child));
      const url =
        target ??
        new URL((await this.#unlessStopped(cast.start(serverSpec(scenario.server, 0, folder), readyUrl))).message);
      const doors = await this.#openDoors(url);
      if (users > 0) {
        const { rooms, untilMs, door } = this.#staging.crowd;
        const entrance = doors[this.#staging.doors.indexOf(door ?? '')] ?? { url: url.href };
        const crowd = artillerySpec(scenario, entrance, users, { folder, runId, seed, rooms, untilMs });
        await this.#unlessStopped(cast.startWriting(crowd));
      }
      await this.#play(url, doors, child, floor);
    } finally {
      this.#stopped = true;
      await cast.close();
      this.#log?.close();
      removePulses(folder);
    }
    return foldRunFolder(folder);
  }

  interrupt(signal: Signal): void {
    if (this.#interruptedBy) return this.#cast.kill();
    this.#interruptedBy = signal;
    this.#log?.event({ kind: 'interrupted', signal });
    this.#stop();
  }

  /** What a child's start comes to; rejects at once where the run is interrupted meanwhile. */
  async #unlessStopped<T>(start: Promise<T>): Promise<T> {
    const stopped = this.#stopping.promise.then(() => {
      throw new Error('The run was interrupted before it had started.');
    });
    return Promise.race([start, stopped]);
  }

  /** Has the probes measure what the harness itself adds, against a target that does next to nothing. */
  async #calibrate(probes: Child): Promise<Floor> {
    const { folder } = this.#request;
    const { child: echo, message: url } = await this.#cast.start(
      { role: 'echo', main: [mainOf('./echo.ts')], env: {}, folder },
      readyUrl,
    );
    tell(probes, { calibrate: { url, plan: this.#staging.calibration } });
    const floor = await probes.message(floorIn, CALIBRATION_MS);
    await this.#cast.dismiss(echo);
    return floor;
  }

  /** Puts the proxy before the target where the scenario has one; how bots get in. */
  async #openDoors(target: URL): Promise<Door[]> {
    if (this.#staging.doors.length === 0) return [{ url: target.href }];
    const { folder, seed } = this.#request;
    const { child } = await this.#unlessStopped(this.#cast.start(proxySpec(folder), isReady));
    return this.#unlessStopped(openDoors(child, target, this.#staging, seed));
  }

  async #knock(target: URL): Promise<void> {
    const { dialect } = this.#request.scenario;
    try {
      await knock(target.href, dialect, KNOCK_MS);
    } catch (error) {
      const door = `${target.origin}${dialect.namespace}`;
      const why = (error as Error).message;
      const isSilent = /ECONN|EAI_|ENOTFOUND|no answer|poll error|websocket error|timeout/.test(why);
      const remedy = isSilent
        ? 'Is the server running there?'
        : 'It answered: are `auth` and `namespace` of the dialect right?';
      throw new TargetUnreachableError(`Expected to be let in at ${door}, got: ${why}. ${remedy}`);
    }
  }

  /** From the start signal until the probes are done and the crowd has gone, or the run was stopped. */
  async #play(url: URL, doors: readonly Door[], probes: Child, floor: Floor): Promise<void> {
    const request = this.#request;
    const { folder, target } = request;
    const startAt = hostNow();
    const plan = planRun(request, url.origin, new Date().toISOString());
    writeWhole(folder, files.plan, `${JSON.stringify(plan, null, 2)}\n`);
    writeWhole(folder, files.processes, `${JSON.stringify(this.#processes(), null, 2)}\n`);
    writeStart(folder, startAt);
    const clock = runClock(startAt);
    const log = new VitalsLog(folder, clock, this.#cast.children, target ? undefined : url);
    this.#log = log;
    log.event({ kind: 'calibrated', ...floor });
    tell(probes, { start: this.#orderOf(doors, startAt) });
    const endStrikes = this.#strike(startAt, clock, url);
    const watch = new ProgressWatch(plan);
    const tail = new FolderTail(folder);
    const endTicking = everySecond(clock, lookBackMs.conductor, (lastMs) => {
      log.sample(lastMs);
      this.#progress(watch.add(tail.look(), clock()));
      if (watch.crowdHasLeft) this.#crowdLeft.resolve();
    });
    try {
      await this.#untilDone(probes, plan);
      if (!this.#interruptedBy) log.event({ kind: 'ended' });
    } finally {
      endTicking();
      endStrikes();
    }
  }

  /** Makes things go wrong when it is time; returns how to end that. */
  #strike(startAt: number, clock: RunClock, url: URL): () => void {
    const endDoors = strikeDoors(this.#cast, this.#staging, this.#request.folder, startAt, clock);
    const timers = this.#staging.faults.flatMap((fault) =>
      fault.kind === 'server' ? setTimeout(() => void this.#strikeServer(fault, url), fault.onAt - clock()) : [],
    );
    return () => {
      endDoors();
      for (const timer of timers) clearTimeout(timer);
    };
  }

  /** Ends the server as the fault says, and starts another in its place. */
  async #strikeServer({ name, how, downMs }: Extract<TimedFault, { kind: 'server' }>, url: URL): Promise<void> {
    const { folder, scenario } = this.#request;
    const server = this.#cast.children.get('server');
    const probes = this.#cast.children.get('probes');
    if (!server || !probes || !this.#log || this.#stopped) return;
    this.#expected.add(server);
    const event = (kind: FaultEvent['kind']) => {
      const told = this.#log?.event<FaultEvent>({ kind, fault: name });
      if (told) tell(probes, { fault: told });
    };
    event('faultOn');
    if (how === 'kill') server.kill('SIGKILL');
    await server.close(SERVER_END_MS);
    await Promise.race([pause(downMs, undefined, { ref: false }), this.#stopping.promise]);
    if (this.#stopped) return;
    try {
      const { child } = await this.#cast.start(serverSpec(scenario.server, Number(url.port), folder), readyUrl);
      event('faultOff');
      void this.#mourn(child, 0);
      writeWhole(folder, files.processes, `${JSON.stringify(this.#processes(), null, 2)}\n`);
    } catch (error) {
      this.#died('server', (error as Error).message);
    }
  }

  async #untilDone(probes: Child, plan: RunPlan): Promise<void> {
    const { warmup, measure, drain } = plan.phases;
    const done = probes.message(isDone, (warmup + measure + drain) * 1000 + GRACE_MS);
    for (const child of this.#cast.children.values()) void this.#mourn(child, this.#staging.crowd.untilMs);
    void this.#stopping.promise.then(() => tell(probes, { stop: true }));
    await done.catch((error: Error) => this.#died('probes', error.message));
    const crowd = this.#cast.children.get('crowd');
    if (!crowd || this.#stopped) return;
    await Promise.race([
      this.#crowdLeft.promise,
      crowd.ended,
      this.#stopping.promise,
      pause(CROWD_END_MS, undefined, { ref: false }),
    ]);
  }

  /** A child that ends before its part is over stops the run; `crowdUntil` is when the crowd's is, ms. */
  async #mourn(child: Child, crowdUntil: number): Promise<void> {
    const how = await child.ended;
    const log = this.#log;
    if (this.#stopped || !log || this.#expected.has(child)) return;
    const isOver = child.role === 'probes' || (child.role === 'crowd' && log.at() >= crowdUntil);
    if (!isOver || how !== 'exit 0') this.#died(child.role, how);
  }

  #died(role: Role, how: string): void {
    if (this.#stopped) return;
    this.#log?.event({ kind: 'died', role, how });
    this.#stop();
  }

  #stop(): void {
    this.#stopped = true;
    this.#stopping.resolve();
    void this.#cast.children.get('crowd')?.close(CROWD_STOP_MS);
  }

  #orderOf(doors: readonly Door[], startAt: number): ProbesOrder {
    const { id: runId, scenario, folder } = this.#request;
    const { rooms, roomLabels, botLabels, troupe: plan, personas } = this.#staging;
    return { folder, runId, startAt, doors, dialect: scenario.dialect, rooms, roomLabels, botLabels, plan, personas };
  }

  #processes(): { role: Role | 'conductor'; pid: number }[] {
    return [{ role: 'conductor', pid: process.pid }, ...this.#cast.pids()];
  }
}

function tell(probes: Child, message: ToProbes): void {
  probes.send(message);
}

function floorIn(message: unknown): Floor | undefined {
  return (message as { floor?: Floor }).floor;
}

function readyUrl(message: unknown): string | undefined {
  return (message as { ready?: string }).ready;
}

function isReady(message: unknown): true | undefined {
  return 'ready' in (message as FromProbes) || undefined;
}

function isDone(message: unknown): true | undefined {
  return 'done' in (message as FromProbes) || undefined;
}

function mainOf(file: string): string {
  return fileURLToPath(new URL(file, import.meta.url));
}
