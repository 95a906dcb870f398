import { setTimeout as pause } from 'node:timers/promises';
import { modulePath } from '../../base/installation.ts';
import { hostNow, type RunClock, runClock } from '../../bots/clock.ts';
import type { Dialect } from '../../bots/dialect/dialect.ts';
import type { Endpoint } from '../../bots/endpoint.ts';
import { type Progress, ProgressWatch } from '../../measure/fold/progress.ts';
import type { EventLine, FaultEvent, ProcessEnd } from '../../measure/metrics/events.ts';
import { sourceOf } from '../../measure/metrics/source.ts';
import type { Window } from '../../measure/metrics/window.ts';
import type { RunPlan, RunRecord } from '../../measure/run-record/run-record.ts';
import { everySecond, lookBackMs } from '../children/every-second.ts';
import type { Floor, FromProbes, ProbesOrder, Speech, ToProbes } from '../children/messages.ts';
import { FolderTail } from '../folder/folder-tail.ts';
import { type AddFindings, foldRunFolder, removePulses, writeStart } from '../folder/run-folder.ts';
import { personaName } from '../personas/persona-files.ts';
import type { PersonaOrder } from '../personas/persona-threads.ts';
import type { Layout } from '../plan/layout.ts';
import { layOutScenario } from '../plan/layout-scenario.ts';
import { crowdEngineOf, type FoundTarget } from '../plan/run-plan.ts';
import { ownedBy, type RunRequest, secretsOf } from '../plan/run-request.ts';
import { artilleryProcess } from './artillery-process.ts';
import { type Child, ChildFailure, type Role } from './child.ts';
import { Processes, StartError } from './processes.ts';
import { openNetworks, proxyProcess, startNetworkFaults } from './proxy-process.ts';
import { RunFiles } from './run-files.ts';
import { embeddedTarget } from './target/embedded-target.ts';
import { HookError, HookedServer } from './target/hooked-server.ts';
import { readyUrl } from './target/reference-node.ts';
import type { EmbeddedTarget, Target, TargetFault } from './target/struck-target.ts';
import { VitalsLog, type WatchedServer } from './vitals-log.ts';

/** What a run calls back. */
export interface RunObserver {
  readonly addFindings: AddFindings;
  /** The plan as it was written down, with the target's address. */
  planned(plan: RunPlan): void;
  /** Once a second: the lines that were written since, and where the run stands. */
  advanced(lines: readonly (Window | EventLine)[], progress: Progress): void;
}

/** A run in progress. */
export interface RunHandle {
  /** A child that dies only marks the record. */
  readonly done: Promise<RunRecord>;
  /** Ends the run early but in order; the second time, at once. */
  interrupt(signal: Signal): void;
}

export type Signal = 'SIGINT' | 'SIGTERM';

/** The run was interrupted before anything was measured. */
export class InterruptedError extends Error {}

const CALIBRATION_MS = 15_000;
/** How long over their schedule the probes may be before they count as hung. */
const GRACE_MS = 15_000;
/** How long the crowd may take to leave once the probes are done. */
const CROWD_END_MS = 6000;
const CROWD_STOP_MS = 1000;

/**
 * Conducts one run: starts target, crowd and probes as children, gives the start signal, writes down what they use,
 * waits for the probes to finish, and always cleans up.
 */
export function conduct(request: RunRequest, found: FoundTarget, observer: RunObserver): RunHandle {
  const run = new Run(request, found, observer);
  return { done: run.run(), interrupt: (signal) => run.interrupt(signal) };
}

class Run {
  readonly #request: RunRequest;
  readonly #observer: RunObserver;
  readonly #layout: Layout;
  readonly #files: RunFiles;
  readonly #processes = new Processes(() => this.#files.writeProcesses(this.#processes));
  readonly #stopping = Promise.withResolvers<void>();
  readonly #crowdLeft = Promise.withResolvers<void>();
  #log: VitalsLog | undefined;
  /** Tells the observer of the lines that are new. */
  #tellLines = () => {};
  #interruptedBy: Signal | undefined;
  #isStopped = false;
  /** The server's end and new start that is under way. */
  #ending = Promise.resolve();
  /** The server, where it is the run's own. */
  readonly #embedded: EmbeddedTarget | undefined;
  /** What faults of the target act on. */
  readonly #struck: Target;

  constructor(request: RunRequest, found: FoundTarget, observer: RunObserver) {
    this.#request = request;
    this.#files = new RunFiles(request, found, () => this.#stop());
    this.#layout = layOutScenario(request.scenario, request.seed, ownedBy(request));
    this.#observer = observer;
    const { scenario, folder, target } = request;
    const embedded = () =>
      embeddedTarget(request, this.#layout, this.#processes, (server) => void this.#watchExit(server, 0));
    this.#embedded = target ? undefined : embedded();
    this.#struck = this.#embedded ?? new HookedServer(scenario.dialect.hooks, target!, folder);
  }

  async run(): Promise<RunRecord> {
    const { folder } = this.#request;
    this.#files.create();
    try {
      await this.#runAll();
    } catch (error) {
      if (error instanceof InterruptedError) this.#files.removePlan();
      if (!(error instanceof StartError)) throw error;
      this.#files.writeEarlyDeath(error);
    } finally {
      this.#isStopped = true;
      await this.#processes.close();
      this.#embedded?.close();
      this.#files.attempt(() => this.#log?.close());
      removePulses(folder);
    }
    // What the children wrote as they closed.
    this.#files.attempt(this.#tellLines);
    const record = foldRunFolder(folder, this.#observer.addFindings);
    const { unwritable } = this.#files;
    return unwritable ? { ...record, notes: [unwritable, ...record.notes] } : record;
  }

  /** Starts what the run needs, and measures. Rejects with a StartError where a child ends before it can be measured. */
  async #runAll(): Promise<void> {
    const { folder, users } = this.#request;
    const spec = { role: 'probes', main: [mainOf('probes-main.ts')], env: {}, folder } as const;
    // Artillery takes seconds to start; the probes measure the harness meanwhile.
    const [{ url, endpoints }, { child: probes }] = await Promise.all([
      this.#prepareTarget(),
      this.#unlessStopped(this.#processes.start(spec, isReady)),
    ]);
    const [floor] = await Promise.all([
      this.#unlessStopped(this.#calibrate(probes)),
      users > 0 ? this.#unlessStopped(this.#startCrowd(url, endpoints)) : undefined,
    ]);
    await this.#measure(url, endpoints, probes, floor);
  }

  /** Starts the server and the proxy that the run needs. */
  async #prepareTarget(): Promise<{ url: URL; endpoints: readonly Endpoint[] }> {
    const url = this.#embedded ? await this.#unlessStopped(this.#embedded.start()) : this.#request.target!;
    return { url, endpoints: await this.#openNetworks(url) };
  }

  async #startCrowd(url: URL, endpoints: readonly Endpoint[]): Promise<void> {
    const { id: runId, scenario, folder, users, seed } = this.#request;
    const { rooms, untilMs, network } = this.#layout.crowd;
    const endpoint = endpoints[this.#layout.networks.indexOf(network ?? '')] ?? { url: url.href };
    const firstUser = this.#layout.probes.bots.length;
    const order = { folder, shard: 0, runId, seed, rooms, untilMs, endpoint, speech: this.#speech, firstUser };
    await this.#processes.startWriting(artilleryProcess(scenario, users, this.#engine, order));
  }

  interrupt(signal: Signal): void {
    if (this.#interruptedBy) return this.#processes.kill();
    this.#interruptedBy = signal;
    this.#log?.event({ kind: 'interrupted', signal });
    this.#stop();
  }

  /** What a child's start comes to; rejects at once where the run is interrupted meanwhile. */
  async #unlessStopped<T>(start: Promise<T>): Promise<T> {
    const stopped = this.#stopping.promise.then(() => {
      throw new InterruptedError('The run was interrupted before it had started.');
    });
    return Promise.race([start, stopped]);
  }

  /** Has the probes measure what the harness itself adds, against a target that does next to nothing. */
  async #calibrate(probes: Child): Promise<Floor> {
    const { folder } = this.#request;
    const { child: target, message: url } = await this.#processes.start(
      { role: 'nullTarget', main: [mainOf('null-target-main.ts')], env: {}, folder },
      readyUrl,
    );
    tell(probes, { prepare: { url, calibration: this.#layout.calibration, personas: personasOf(this.#layout) } });
    const floor = await probes.message(floorIn, CALIBRATION_MS);
    if (floor instanceof ChildFailure) throw new StartError(probes, floor.end);
    await this.#processes.stop(target);
    return floor;
  }

  /** Puts the proxy before the target where the scenario has one; how bots reach the target, by network. */
  async #openNetworks(target: URL): Promise<Endpoint[]> {
    if (this.#layout.networks.length === 0) return [{ url: target.href }];
    const { folder, scenario, seed } = this.#request;
    const { child } = await this.#unlessStopped(this.#processes.start(proxyProcess(folder), isReady));
    return this.#unlessStopped(openNetworks(child, target, scenario.dialect.tls, this.#layout, seed));
  }

  /** From the start signal until the probes are done and the crowd has gone, or the run was stopped. */
  async #measure(url: URL, endpoints: readonly Endpoint[], probes: Child, floor: Floor): Promise<void> {
    const request = this.#request;
    const { folder, scenario, target } = request;
    const startAt = hostNow();
    const plan = this.#files.writePlan(url.origin);
    writeStart(folder, startAt);
    this.#observer.planned(plan);
    const clock = runClock(startAt);
    const log = new VitalsLog(
      folder,
      clock,
      this.#processes,
      target ? foreignServer(target, scenario.dialect) : ownServer(this.#embedded!),
    );
    this.#log = log;
    log.event({ kind: 'calibrated', ...floor });
    tell(probes, { start: this.#orderOf(probes, endpoints, startAt) });
    const endFaults = this.#startFaults(startAt, clock);
    const watch = new ProgressWatch(plan);
    const tail = new FolderTail(folder);
    this.#tellLines = () => {
      const lines = tail.read();
      this.#observer.advanced(lines, watch.add(lines, clock()));
    };
    const endTicking = everySecond(clock, lookBackMs.conductor, (lastMs) => {
      if (this.#files.unwritable) return;
      this.#files.attempt(() => {
        log.sample(lastMs);
        this.#tellLines();
        if (watch.crowdHasLeft) this.#crowdLeft.resolve();
      });
    });
    try {
      await this.#untilDone(probes, plan);
      if (!this.#interruptedBy && !this.#files.unwritable) this.#files.attempt(() => log.event({ kind: 'ended' }));
    } finally {
      endTicking();
      endFaults();
      await this.#ending;
    }
  }

  /** Makes things go wrong when it is time; returns how to end that. */
  #startFaults(startAt: number, clock: RunClock): () => void {
    const { folder } = this.#request;
    const [proxy] = this.#processes.of('proxy');
    const run = { folder, startAt, clock };
    const endNetworkFaults = proxy
      ? startNetworkFaults(proxy, this.#processes.of('probes'), this.#layout, run)
      : () => {};
    const timers = this.#layout.faults.flatMap((fault) =>
      fault.kind === 'target' ? setTimeout(() => (this.#ending = this.#strike(fault)), fault.onAt - clock()) : [],
    );
    return () => {
      endNetworkFaults();
      for (const timer of timers) clearTimeout(timer);
    };
  }

  /** Has a fault of the target made, and tells the probes of it. */
  async #strike(fault: TargetFault): Promise<void> {
    if (!this.#log || this.#isStopped) return;
    const event = (kind: FaultEvent['kind']) => {
      if (this.#isStopped) return;
      const told = this.#log?.event<FaultEvent>({ kind, fault: fault.name });
      if (told) for (const probes of this.#processes.of('probes')) tell(probes, { fault: told });
    };
    const watch = {
      on: () => event('faultOn'),
      off: () => event('faultOff'),
      isStopped: () => this.#isStopped,
      stopped: this.#stopping.promise,
    };
    try {
      await this.#struck.strike(fault, watch);
    } catch (error) {
      if (error instanceof StartError) this.#childDied('server', error.end, error.child.lastLines());
      else if (error instanceof HookError) this.#childDied('hook', error.end, []);
      else throw error;
    }
  }

  async #untilDone(probes: Child, plan: RunPlan): Promise<void> {
    const { warmup, measure, drain } = plan.phases;
    const done = probes.message(isDone, (warmup + measure + drain) * 1000 + GRACE_MS);
    for (const child of this.#processes.all) void this.#watchExit(child, this.#layout.crowd.untilMs);
    void this.#stopping.promise.then(() => tell(probes, { stop: true }));
    const outcome = await done;
    if (outcome instanceof ChildFailure) this.#childDied('probes', outcome.end, probes.lastLines());
    const [crowd] = this.#processes.of('crowd');
    if (!crowd || this.#isStopped) return;
    await Promise.race([
      this.#crowdLeft.promise,
      crowd.ended,
      this.#stopping.promise,
      pause(CROWD_END_MS, undefined, { ref: false }),
    ]);
  }

  /** A child that ends before its part is over stops the run; `crowdUntil` is when the crowd's is, ms. */
  async #watchExit(child: Child, crowdUntil: number): Promise<void> {
    const end = await child.ended;
    const log = this.#log;
    if (this.#isStopped || !log || this.#embedded?.wasEnded(child)) return;
    const isOver = child.role === 'probes' || (child.role === 'crowd' && log.at() >= crowdUntil);
    // Artillery ends as soon as no user is left, such as where all were turned away: how many took part is judged.
    if (child.role === 'crowd' && end.kind === 'exit' && end.code === 0) return;
    if (!isOver || end.kind !== 'exit' || end.code !== 0) this.#childDied(child.role, end, child.lastLines());
  }

  #childDied(role: Role, end: ProcessEnd, said: readonly string[]): void {
    if (this.#isStopped) return;
    this.#files.attempt(() => this.#log?.event({ kind: 'died', role, end, said: this.#files.safe(said) }));
    this.#stop();
  }

  #stop(): void {
    this.#isStopped = true;
    this.#stopping.resolve();
    for (const crowd of this.#processes.of('crowd')) void crowd.close(CROWD_STOP_MS);
  }

  #orderOf(child: Child, endpoints: readonly Endpoint[], startAt: number): ProbesOrder {
    const { id: runId, folder } = this.#request;
    const { rooms, roomLabels, botLabels, phases, probes: plan } = this.#layout;
    const measured = { from: phases.warmup * 1000, to: (phases.warmup + phases.measure) * 1000 };
    const speech = this.#speech;
    const source = sourceOf('probes', child.number);
    return { folder, source, runId, startAt, endpoints, speech, rooms, roomLabels, botLabels, measured, plan };
  }

  get #engine(): string {
    return crowdEngineOf(this.#request, this.#layout)?.name ?? '';
  }

  get #speech(): Speech {
    const { dialect, dialectSource } = this.#request.scenario;
    return { dialect, module: dialectSource.module, secrets: secretsOf(this.#request) };
  }
}

/** The personas that probes live as, with how many of each there are. */
function personasOf({ personas, probes }: Layout): PersonaOrder[] {
  return personas.map((nameOrFile) => ({
    nameOrFile,
    bots: probes.bots.filter(({ persona }) => persona?.name === personaName(nameOrFile)).length,
  }));
}

/** What the nodes of our own tell of themselves. */
function ownServer({ nodes }: EmbeddedTarget): WatchedServer {
  return { vitals: nodes.map((node) => ({ url: new URL('/vitals', node.url), pid: () => node.child?.pid })) };
}

/** What a foreign server tells of itself. */
function foreignServer(target: URL, { vitals, pid }: Dialect): WatchedServer {
  if (!vitals) return { pid };
  const { nodes, path, token } = vitals;
  const addresses = nodes.length > 0 ? nodes : [target.origin];
  return { pid, vitals: addresses.map((address) => ({ url: new URL(path, address), token })) };
}

function tell(probes: Child, message: ToProbes): void {
  probes.send(message);
}

function floorIn(message: unknown): Floor | undefined {
  return (message as { floor?: Floor }).floor;
}

function isReady(message: unknown): true | undefined {
  return 'ready' in (message as FromProbes) || undefined;
}

function isDone(message: unknown): true | undefined {
  return 'done' in (message as FromProbes) || undefined;
}

function mainOf(file: string): string {
  return modulePath(`../children/${file}`, import.meta.url);
}
