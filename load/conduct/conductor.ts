import { type RunClock, runClock } from '../../bots/clock.ts';
import type { Dialect } from '../../bots/dialect/dialect.ts';
import { type Progress, ProgressWatch } from '../../measure/fold/progress.ts';
import type { EventLine, FaultEvent, ProcessEnd, RunEvent } from '../../measure/metrics/events.ts';
import type { Window } from '../../measure/metrics/window.ts';
import type { RunPlan, RunRecord } from '../../measure/run-record/run-record.ts';
import { everySecond, lookBackMs } from '../children/every-second.ts';
import type { Floor } from '../children/messages.ts';
import { FolderTail } from '../folder/folder-tail.ts';
import { type AddFindings, foldRunFolder, removePulses } from '../folder/run-folder.ts';
import { clusterOf } from '../plan/cluster-plan.ts';
import type { Layout } from '../plan/layout.ts';
import { type FoundTarget, layOutRequest } from '../plan/run-plan.ts';
import type { RunRequest } from '../plan/run-request.ts';
import { makeAudit } from './audit-process.ts';
import { CapacityRun } from './capacity-run.ts';
import type { Child, Role } from './child.ts';
import { type Generators, type GeneratorsContext, shardOf } from './generators.ts';
import { Processes, StartError } from './processes.ts';
import { RunFiles } from './run-files.ts';
import { embeddedTarget } from './target/embedded-target.ts';
import { HookError, HookedServer } from './target/hooked-server.ts';
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

/** Makes what makes the load of a run. */
export type MakeGenerators = (context: GeneratorsContext) => Generators;

/** The run was interrupted before anything was measured. */
export class InterruptedError extends Error {}

/**
 * Conducts one run: starts the target and what makes the load, gives the start signal, writes down what the children use,
 * waits until everything is measured, and always cleans up.
 */
export function conduct(
  request: RunRequest,
  found: FoundTarget,
  observer: RunObserver,
  generatorsOf: MakeGenerators,
): RunHandle {
  const run = new Run(request, found, observer, generatorsOf);
  return { done: run.run(), interrupt: (signal) => run.interrupt(signal) };
}

class Run {
  readonly #request: RunRequest;
  readonly #observer: RunObserver;
  readonly #layout: Layout;
  readonly #files: RunFiles;
  readonly #processes: Processes;
  readonly #stopping = Promise.withResolvers<void>();
  readonly #crowdLeft = Promise.withResolvers<void>();
  readonly #generators: Generators;
  #log: VitalsLog | undefined;
  /** Tells the observer of the lines that are new. */
  #tellLines = () => {};
  #interruptedBy: Signal | undefined;
  /** When a search had its answer, seconds since the start. */
  #answeredAt: number | undefined;
  #isStopped = false;
  /** The fault of the target that is under way. */
  #striking = Promise.resolve();
  /** The server, where it is the run's own. */
  readonly #embedded: EmbeddedTarget | undefined;
  /** What faults of the target act on. */
  readonly #struck: Target;

  constructor(request: RunRequest, found: FoundTarget, observer: RunObserver, generatorsOf: MakeGenerators) {
    this.#request = request;
    this.#files = new RunFiles(request, found, () => this.#stop());
    this.#processes = new Processes(() => this.#files.writeProcesses(this.#processes), found.packages);
    this.#layout = layOutRequest(request);
    this.#observer = observer;
    const { scenario, folder, target } = request;
    const embedded = () =>
      embeddedTarget(request, this.#layout, this.#processes, (server) => void this.#watchExit(server, 0));
    this.#embedded = target ? undefined : embedded();
    this.#struck = this.#embedded ?? new HookedServer(scenario.dialect.hooks, target!, folder);
    this.#generators = generatorsOf({
      request,
      layout: this.#layout,
      processes: this.#processes,
      stopped: this.#stopping.promise,
      isStopped: () => this.#isStopped,
      crowdLeft: this.#crowdLeft.promise,
      unwritable: (error) =>
        this.#files.attempt(() => {
          throw error;
        }),
      died: (role, end, said) => this.#died(role, end, said),
    });
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
      await this.#generators.close();
      await this.#processes.close();
      await this.#embedded?.close();
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
    const [url] = await this.#unlessStopped(
      Promise.all([this.#embedded?.start() ?? this.#request.target!, this.#generators.launch()]),
    );
    const floor = await this.#unlessStopped(this.#generators.makeReady(url));
    const startAt = await this.#unlessStopped(this.#generators.startTime(floor));
    await this.#measure(url, floor, startAt);
  }

  interrupt(signal: Signal): void {
    if (this.#interruptedBy) return this.#processes.kill();
    this.#interruptedBy = signal;
    this.#log?.event({ kind: 'interrupted', signal });
    this.#stop();
  }

  /** What a start comes to; rejects at once where the run is interrupted meanwhile. */
  async #unlessStopped<T>(start: Promise<T>): Promise<T> {
    const stopped = this.#stopping.promise.then(() => {
      throw new InterruptedError('The run was interrupted before it had started.');
    });
    return Promise.race([start, stopped]);
  }

  /** From the start signal until everything is measured and the crowd has gone, or the run was stopped. */
  async #measure(url: URL, floor: Floor, startAt: number): Promise<void> {
    const request = this.#request;
    const { folder, scenario, target } = request;
    const plan = this.#files.writePlan(url.origin);
    this.#observer.planned(plan);
    const clock = runClock(startAt);
    const watched = target ? foreignServer(target, scenario.dialect) : ownServer(this.#embedded!);
    const log = new VitalsLog(folder, clock, this.#processes, watched, shardOf(request));
    this.#log = log;
    const { ceiling, ...calibrated } = floor;
    log.event({ kind: 'calibrated', ...calibrated });
    if (ceiling !== undefined) log.event({ kind: 'ceiling', deliveriesPerSecond: ceiling });
    this.#generators.start(startAt);
    const endFaults = this.#startFaults(clock);
    const watch = new ProgressWatch(plan);
    const capacity = plan.search && this.#startSearch(plan, plan.search, log);
    const tail = new FolderTail(folder);
    this.#tellLines = () => {
      const lines = tail.read();
      capacity?.advance(lines, clock() / 1000);
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
    for (const child of this.#processes.all) void this.#watchExit(child, this.#layout.crowd.untilMs);
    const audited = this.#audit(log);
    try {
      await this.#generators.done(plan);
      await Promise.race([audited, this.#stopping.promise]);
      if (this.#answeredAt !== undefined) this.#files.shortenPlan(this.#answeredAt);
      if (!this.#interruptedBy && !this.#files.unwritable) this.#files.attempt(() => log.event({ kind: 'ended' }));
    } finally {
      endTicking();
      endFaults();
      await this.#striking;
      await log.askLast();
    }
  }

  /** What recovery does on servers of our own, looked at while the probes measure; a target's are not ours to end and start. */
  async #audit(log: VitalsLog): Promise<void> {
    const { scenario, folder, target } = this.#request;
    if (scenario.workload.kind !== 'recovery' || target) return;
    const nodes = clusterOf(scenario.server)?.nodes ?? 1;
    await makeAudit(this.#processes, folder, nodes, (row) => {
      if (!this.#isStopped) this.#files.attempt(() => log.event<RunEvent>({ kind: 'audited', row }));
    });
  }

  /** What is searched for may be found before its time is up: the run is over then. */
  #startSearch(plan: RunPlan, search: NonNullable<RunPlan['search']>, log: VitalsLog): CapacityRun {
    return new CapacityRun(plan, search, {
      event: (event) => void log.event<RunEvent>(event),
      tellCrowd: (order) => this.#generators.tellCrowd(order),
      over: () => {
        this.#answeredAt = Math.floor(log.at() / 1000);
        this.#generators.finish();
      },
    });
  }

  /** Has things go wrong with the target when it is time; returns how to end that. A part of a load leaves them to the whole. */
  #startFaults(clock: RunClock): () => void {
    const timers = this.#layout.faults.flatMap((fault) =>
      fault.kind === 'target' && !this.#request.shard
        ? setTimeout(() => (this.#striking = this.#strike(fault)), fault.onAt - clock())
        : [],
    );
    return () => {
      for (const timer of timers) clearTimeout(timer);
    };
  }

  /** Has a fault of the target made, and tells the probes of it. */
  async #strike(fault: TargetFault): Promise<void> {
    if (!this.#log || this.#isStopped) return;
    const event = (kind: FaultEvent['kind']) => {
      if (this.#isStopped) return;
      const told = this.#log?.event<FaultEvent>({ kind, fault: fault.name });
      if (told) this.#generators.tell(told);
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
      if (error instanceof StartError) this.#died('server', error.end, error.child.lastLines());
      else if (error instanceof HookError) this.#died('hook', error.end, []);
      else throw error;
    }
  }

  /** A child that ends before its part is over stops the run; `crowdUntil` is when the crowd's is, ms. */
  async #watchExit(child: Child, crowdUntil: number): Promise<void> {
    const end = await child.ended;
    const log = this.#log;
    if (this.#isStopped || !log || this.#embedded?.wasEnded(child)) return;
    const isOver = child.role === 'probes' || (child.role === 'crowd' && log.at() >= crowdUntil);
    // Artillery ends as soon as no user is left, such as where all were turned away: how many took part is judged.
    if (child.role === 'crowd' && end.kind === 'exit' && end.code === 0) return;
    if (!isOver || end.kind !== 'exit' || end.code !== 0) this.#died(child.role, end, child.lastLines());
  }

  #died(role: Role, end: ProcessEnd, said: readonly string[]): void {
    if (this.#isStopped) return;
    this.#files.attempt(() => this.#log?.event({ kind: 'died', role, end, said: this.#files.safe(said) }));
    this.#stop();
  }

  #stop(): void {
    this.#isStopped = true;
    this.#stopping.resolve();
    this.#generators.stop();
  }
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
