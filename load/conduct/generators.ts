import { setTimeout as pause } from 'node:timers/promises';
import { modulePath } from '../../base/installation.ts';
import { hostNow } from '../../bots/clock.ts';
import type { Endpoint } from '../../bots/endpoint.ts';
import type { FaultEvent, ProcessEnd } from '../../measure/metrics/events.ts';
import { sourceOf } from '../../measure/metrics/source.ts';
import type { RunPlan } from '../../measure/run-record/run-record.ts';
import type { CrowdOrder, Floor, FromProbes, ProbesOrder, Speech, ToCrowd, ToProbes } from '../children/messages.ts';
import { writeStart } from '../folder/run-folder.ts';
import { personaName } from '../personas/persona-files.ts';
import type { PersonaOrder } from '../personas/persona-threads.ts';
import type { Layout } from '../plan/layout.ts';
import { crowdEngineOf } from '../plan/run-plan.ts';
import { type RunRequest, secretsOf } from '../plan/run-request.ts';
import { artilleryProcess } from './artillery-process.ts';
import { firstCrowd } from './capacity-run.ts';
import { type Child, ChildFailure, type ChildSpec, type Role } from './child.ts';
import { measureCeiling } from './generator-ceiling.ts';
import { type Processes, StartError } from './processes.ts';
import { openNetworks, proxyProcess, startNetworkFaults } from './proxy-process.ts';
import { readyUrl } from './target/reference-node.ts';

const CALIBRATION_MS = 15_000;
/** How long over their schedule the probes may be before they count as hung. */
const GRACE_MS = 15_000;
/** How long the crowd may take to leave once the probes are done. */
const CROWD_END_MS = 6000;
const CROWD_STOP_MS = 1000;

/** What makes the load and measures it: processes on this machine, or shards on others. */
export interface Generators {
  /** Starts what needs no target yet. Rejects with a StartError. */
  launch(): Promise<void>;
  /** Gets ready for a target; what the harness itself adds. Rejects with a StartError. */
  makeReady(target: URL): Promise<Floor>;
  /** When the run starts, on this host's clock, ms; resolves at that time at the latest. */
  startTime(floor: Floor): Promise<number>;
  /** Begins to load and to measure. */
  start(startAt: number): void;
  /** Tells the probes of a fault of the target. */
  tell(fault: FaultEvent): void;
  /** Tells the crowd how many it is to be, and how much it is to send. */
  tellCrowd(order: ToCrowd): void;
  /** Ends early, but in order, as what was to be found out has been. */
  finish(): void;
  /** Ends early, but in order. */
  stop(): void;
  /** Resolves when everything is measured and everyone has gone, or it was stopped; calls nothing after that. */
  done(plan: RunPlan): Promise<void>;
  /** Ends what is left to be ended. */
  close(): Promise<void>;
}

/** What generators are told by whom they work for. */
export interface GeneratorsContext {
  readonly request: RunRequest;
  readonly layout: Layout;
  readonly processes: Processes;
  /** Resolves when the run is stopped. */
  readonly stopped: Promise<void>;
  readonly isStopped: () => boolean;
  /** Resolves once the crowd has written that its users have gone. */
  readonly crowdLeft: Promise<void>;
  /** The run's folder cannot be written to any more: the run is given up. */
  readonly unwritable: (error: Error) => void;
  /** Something of theirs has ended before its time: the run is to be stopped. */
  readonly died: (role: Role, end: ProcessEnd, said: readonly string[]) => void;
}

/** Probes and crowd as children of this process, with a proxy before the target where the scenario has one. */
export class LocalGenerators implements Generators {
  readonly #context: GeneratorsContext;
  readonly #awaitStart: ((floor: Floor) => Promise<number>) | undefined;
  #probes: Child | undefined;
  #endpoints: readonly Endpoint[] = [];
  #endFaults = () => {};

  /** `awaitStart` says when to start, where somebody else decides. */
  constructor(context: GeneratorsContext, awaitStart?: (floor: Floor) => Promise<number>) {
    this.#context = context;
    this.#awaitStart = awaitStart;
  }

  async launch(): Promise<void> {
    const { processes, request } = this.#context;
    const spec = { role: 'probes', main: [mainOf('probes-main.ts')], env: {}, folder: request.folder } as const;
    this.#probes = (await processes.start(spec, isReady)).child;
  }

  async makeReady(target: URL): Promise<Floor> {
    this.#endpoints = await this.#openNetworks(target);
    // Artillery takes seconds to start; the probes measure the harness meanwhile.
    const { request, layout } = this.#context;
    if (layout.search) return this.#makeReadyToSearch(target);
    const [floor] = await Promise.all([this.#calibrate(), request.users > 0 ? this.#startCrowd(target) : undefined]);
    return floor;
  }

  /** One after the other, as it is to be known what the crowd can do. */
  async #makeReadyToSearch(target: URL): Promise<Floor> {
    const { processes, request } = this.#context;
    const floor = await this.#calibrate();
    const { child, message } = await processes.start(nullTarget(request.folder), readyUrl);
    const ceiling = await measureCeiling(processes, this.#crowdOrder(target), request.scenario, message);
    await processes.stop(child);
    await this.#startCrowd(target);
    return { ...floor, ceiling };
  }

  async startTime(floor: Floor): Promise<number> {
    return this.#awaitStart ? this.#awaitStart(floor) : hostNow();
  }

  start(startAt: number): void {
    const { processes, layout, request } = this.#context;
    const { folder } = request;
    writeStart(folder, startAt);
    this.#tellProbes({ start: this.#orderAt(startAt) });
    const [proxy] = processes.of('proxy');
    const run = { folder, startAt, shard: shardOf(request) };
    if (proxy) this.#endFaults = startNetworkFaults(proxy, processes.of('probes'), layout, run);
  }

  tell(fault: FaultEvent): void {
    this.#tellProbes({ fault });
  }

  tellCrowd(order: ToCrowd): void {
    for (const crowd of this.#context.processes.of('crowd')) crowd.send(order);
  }

  finish(): void {
    this.#tellProbes({ stop: true });
    this.tellCrowd({ end: true });
  }

  stop(): void {
    this.#tellProbes({ stop: true });
    for (const crowd of this.#context.processes.of('crowd')) void crowd.close(CROWD_STOP_MS);
  }

  async done({ phases: { warmup, measure, drain } }: RunPlan): Promise<void> {
    const { processes, stopped, isStopped, crowdLeft, died } = this.#context;
    const probes = this.#probes!;
    const outcome = await probes.message(isDone, (warmup + measure + drain) * 1000 + GRACE_MS);
    if (outcome instanceof ChildFailure) died('probes', outcome.end, probes.lastLines());
    const [crowd] = processes.of('crowd');
    if (!crowd || isStopped()) return;
    await Promise.race([crowdLeft, crowd.ended, stopped, pause(CROWD_END_MS, undefined, { ref: false })]);
  }

  async close(): Promise<void> {
    this.#endFaults();
  }

  /** Has the probes measure what the harness itself adds, against a target that does next to nothing. */
  async #calibrate(): Promise<Floor> {
    const { processes, layout, request } = this.#context;
    const probes = this.#probes!;
    const { child: target, message: url } = await processes.start(nullTarget(request.folder), readyUrl);
    this.#tellProbes({ prepare: { url, calibration: layout.calibration, personas: personasOf(layout) } });
    const floor = await probes.message(floorIn, CALIBRATION_MS);
    if (floor instanceof ChildFailure) throw new StartError(probes, floor.end);
    await processes.stop(target);
    return floor;
  }

  /** Puts the proxy before the target where the scenario has one; how bots reach the target, by network. */
  async #openNetworks(target: URL): Promise<Endpoint[]> {
    const { processes, layout, request } = this.#context;
    if (layout.networks.length === 0) return [{ url: target.href }];
    const { folder, scenario, seed } = request;
    const { child } = await processes.start(proxyProcess(folder), isReady);
    return openNetworks(child, target, scenario.dialect.tls, layout, seed);
  }

  async #startCrowd(target: URL): Promise<void> {
    const { processes, layout, request } = this.#context;
    const { users } = this.#firstCrowd ?? request;
    const engine = crowdEngineOf(request, layout)?.name ?? '';
    await processes.startWriting(artilleryProcess(request.scenario, users, engine, this.#crowdOrder(target)));
  }

  /** What a search has the crowd be at first; undefined where it is given. */
  get #firstCrowd() {
    const { search, probes } = this.#context.layout;
    return search ? firstCrowd(search, probes.bots.length) : undefined;
  }

  #crowdOrder(target: URL): Omit<CrowdOrder, 'engineFile'> {
    const { layout, request } = this.#context;
    const { id: runId, folder, seed } = request;
    const { rooms, untilMs, network } = layout.crowd;
    const { search, firstUser } = layout;
    const endpoint = this.#endpoints[layout.networks.indexOf(network ?? '')] ?? { url: target.href };
    const rate = this.#firstCrowd?.rate ?? null;
    const shape = { rooms, roomSize: search?.roomSize ?? null, rate };
    return {
      folder,
      shard: shardOf(request),
      runId,
      seed,
      ...shape,
      untilMs,
      endpoint,
      speech: this.#speech,
      firstUser,
    };
  }

  #orderAt(startAt: number): ProbesOrder {
    const { request, layout } = this.#context;
    const { id: runId, folder } = request;
    const { rooms, roomLabels, botLabels, phases, probes: plan } = layout;
    const measured = { from: phases.warmup * 1000, to: (phases.warmup + phases.measure) * 1000 };
    const source = sourceOf('probes', this.#probes!.number, shardOf(request));
    const speech = this.#speech;
    return {
      ...{ folder, source, runId, startAt, endpoints: this.#endpoints, speech },
      ...{ rooms, roomLabels, botLabels, measured, plan, firstUser: layout.firstProbe, shards: request.shard?.of ?? 0 },
    };
  }

  get #speech(): Speech {
    const { dialect, dialectSource } = this.#context.request.scenario;
    return { dialect, module: dialectSource.module, secrets: secretsOf(this.#context.request) };
  }

  #tellProbes(message: ToProbes): void {
    this.#probes?.send(message);
  }
}

/** The shard that a run is of one of several machines; 0 where there is but one. */
export function shardOf({ shard }: RunRequest): number {
  return shard?.number ?? 0;
}

/** The personas that probes live as, with how many of each there are. */
function personasOf({ personas, probes }: Layout): PersonaOrder[] {
  return personas.map((nameOrFile) => ({
    nameOrFile,
    bots: probes.bots.filter(({ persona }) => persona?.name === personaName(nameOrFile)).length,
  }));
}

function nullTarget(folder: string): ChildSpec {
  return { role: 'nullTarget', main: [mainOf('null-target-main.ts')], env: {}, folder };
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
