import { cpus, release, totalmem, type } from 'node:os';
import { ownPackage } from '../../base/installation.ts';
import type { Handshake } from '../../bots/chat-socket.ts';
import { hasRooms, isDirect, kindOf } from '../../bots/dialect/dialect.ts';
import { countSlots } from '../../bots/schedule.ts';
import { readHeadroom } from '../../doctor/headroom.ts';
import { labelsIn, parseThreshold } from '../../measure/judge/thresholds.ts';
import type { RunPlan } from '../../measure/run-record/run-record.ts';
import { SCHEMA_VERSION } from '../../measure/run-record/schema-version.ts';
import type { Scenario } from '../../scenarios/scenario.ts';
import { clusterOf } from './cluster-plan.ts';
import { chooseEngine } from './crowd-engine.ts';
import type { Layout } from './layout.ts';
import { layOutScenario } from './layout-scenario.ts';
import type { RunRequest } from './run-request.ts';
import { partsOf, type ShardPart, shareOf } from './shard-part.ts';

/**
 * The plan of a run, as it stands in its folder; user info, query and auth of the target are not in it. What is not
 * found out yet of the target is undefined.
 */
export function planRun(request: RunRequest, found: FoundTarget, startedAt: string): RunPlan {
  const { id, scenario, seed, users, target } = request;
  const layout = layOutRequest(request);
  const { phases, probes, matrix, outages, absences, search } = layout;
  const handshake = found.handshake ?? (target ? null : embeddedHandshake(scenario.server));
  const engine = crowdEngineOf(request, layout);
  const { talkers, rooms, ratePerTalker, arrivals } = layout.load;
  return {
    schemaVersion: SCHEMA_VERSION,
    id,
    startedAt,
    scenario: {
      name: scenario.name,
      about: scenario.about,
      dialect: scenario.dialectSource.written,
      server: scenario.server,
      [scenario.workload.kind]: scenario.workload,
      users,
      phases: scenario.source.config.phases,
      flow: scenario.source.scenarios,
      thresholds: scenario.thresholds.filter((text) => !isLeftOut(text, scenario, layout)),
    },
    target: {
      kind: target ? 'external' : 'embedded',
      origin: found.origin ?? '',
      handshake: writable(handshake),
      dialect: scenario.dialectSource.name,
      mode: kindOf(scenario.dialect),
      hasRooms: hasRooms(scenario.dialect),
      cluster: target ? null : (clusterOf(scenario.server) ?? null),
    },
    environment: environment(engine?.name, found.versions),
    seed,
    command: [...request.command],
    labels: [...request.labels],
    git: request.git,
    phases,
    load: {
      users: crowdOf(request, layout),
      probes: probes.bots.length,
      talkers,
      rooms,
      ratePerTalker,
      arrivals,
      engine,
      lagLimitMs: scenario.lagLimitMs,
      offered: offeredBy(request, layout),
      peak: peakOf(request, layout),
      // Of several machines, this one has the least to do.
      available: request.workers ? { descriptors: null, ports: null } : readHeadroom(),
      shards: shardsOf(request),
    },
    matrix,
    outages,
    absences: absences && {
      ...absences,
      noticedAfterMs: handshake && handshake.pingIntervalMs + handshake.pingTimeoutMs,
      keptForMs: target ? null : keptForMs(scenario.server),
    },
    search: search && { ...search, most: Math.min(search.most, mostUsers(search, request)) },
  };
}

/** Messages that the probes have to send in the measured interval: every part has a schedule of its own. */
function offeredBy(request: RunRequest, whole: Layout): number {
  const layouts = partsIn(request).map((shard) => layOutRequest({ ...request, shard }));
  return (layouts.length > 0 ? layouts : [whole]).reduce((sum, { probes, phases: { warmup, measure } }) => {
    return sum + countSlots(probes.schedules, warmup * 1000, (warmup + measure) * 1000);
  }, 0);
}

/** The plan of a run that measured until this second only. */
export function shortened(plan: RunPlan, { probes }: Layout, atS: number): RunPlan {
  const { warmup } = plan.phases;
  const offered = countSlots(probes.schedules, warmup * 1000, atS * 1000);
  return { ...plan, phases: { ...plan.phases, measure: Math.max(0, atS - warmup) }, load: { ...plan.load, offered } };
}

/** The parts that a load is split into; none where it is whole. */
export function partsIn({ workers }: RunRequest): ShardPart[] {
  return workers ? partsOf(workers.shards ?? 1) : [];
}

function shardsOf(request: RunRequest): RunPlan['load']['shards'] {
  if (!request.workers) return null;
  return partsIn(request).map((shard) => {
    const { firstProbe, probes } = layOutRequest({ ...request, shard });
    const users = shareOf(request.users, shard).share;
    return { number: shard.number, firstProbe, probes: probes.bots.length, users };
  });
}

/** A run laid out in time. */
export function layOutRequest(request: RunRequest): Layout {
  return layOutScenario(request.scenario, request.seed, request.owned, request.shard);
}

/** What has been found out of a target. */
export interface FoundTarget {
  readonly origin?: string | undefined;
  readonly handshake?: Handshake | undefined;
  /** Of what the embedded server stands on. */
  readonly versions?: Readonly<Record<string, string>>;
  /** Packages of other versions for server and probes, and where they are installed. */
  readonly packages?: { readonly folder: string; readonly versions: Readonly<Record<string, string>> } | undefined;
}

function writable(handshake: Handshake | null): RunPlan['target']['handshake'] {
  return handshake && { ...handshake, upgrades: [...handshake.upgrades] };
}

/** The embedded server's own, with Socket.IO's defaults. */
export function embeddedHandshake({ pingInterval = 25_000, pingTimeout = 20_000 }: Scenario['server']): Handshake {
  return { pingIntervalMs: pingInterval, pingTimeoutMs: pingTimeout, maxPayloadBytes: null, upgrades: ['websocket'] };
}

/** How long the embedded server keeps the session of a client that is away, ms; null if it keeps none. */
function keptForMs({ stateRecovery, maxDisconnectionDuration = 120_000 }: Scenario['server']): number | null {
  return stateRecovery ? maxDisconnectionDuration : null;
}

/**
 * Whether a threshold is over what cannot be: a fault that is not made, since the server is not ours; a client order
 * whose transports the dialect does not use; latency where only the server speaks and does not say when.
 */
function isLeftOut(threshold: string, { workload, dialect }: Scenario, { outages }: Layout): boolean {
  const faults = workload.kind === 'probes' ? workload.faults : [];
  const notMade = faults.filter(({ name }) => outages.every(({ fault }) => fault !== name)).map(({ name }) => name);
  const isUntimed = dialect.send === 'none' && dialect.hear !== 'ack' && dialect.hear.sentAt === null;
  if (isUntimed && /^broadcast\.(latency|last)\b/.test(threshold)) return true;
  const orders: readonly string[] | undefined = workload.kind === 'matrix' ? workload.orders : undefined;
  return labelsIn(parseThreshold(threshold)).some(
    ({ fault, order }) =>
      (fault !== undefined && notMade.includes(fault)) || (order !== undefined && orders?.includes(order) === false),
  );
}

const DESCRIPTORS_OF_PROCESSES = 200;
/** What is left of this machine's ports and descriptors for others. */
const SPARE = 500;

/** No more users than this machine has descriptors and ports for, whatever is searched for. */
function mostUsers({ find }: NonNullable<RunPlan['search']>, { scenario }: RunRequest): number {
  if (find === 'rate') return Number.POSITIVE_INFINITY;
  const { descriptors, ports } = readHeadroom();
  return Math.max(
    1,
    Math.min(scenario.users, (descriptors ?? scenario.users) - SPARE, (ports ?? scenario.users) - SPARE),
  );
}

/** The crowd at its largest: as many users as there are, or as a search may want. */
function crowdOf(request: RunRequest, { search }: Layout): number {
  if (!search) return request.users;
  return search.find === 'rate' ? search.users : Math.min(request.users, mostUsers(search, request));
}

function peakOf(request: RunRequest, layout: Layout): RunPlan['load']['peak'] {
  const { scenario, target } = request;
  const { load, search } = layout;
  const { bots, talkers, ratePerTalker, rooms } = load;
  const users = crowdOf(request, layout);
  const sockets = bots + users;
  const byCrowd = search ? users * search.userRate : users / thinkSeconds(scenario);
  const messagesPerSecond = talkers * ratePerTalker + byCrowd;
  const heardBy = isForOne(scenario) ? 1 : (search?.roomSize ?? sockets / rooms);
  const deliveriesPerSecond = messagesPerSecond * heardBy;
  const descriptors = sockets * (target ? 1 : 2) + DESCRIPTORS_OF_PROCESSES;
  return { sockets, messagesPerSecond, deliveriesPerSecond, descriptors };
}

/** The `think` of the flow's loop, s; messages of the crowd are that far apart. */
function thinkSeconds({ source }: Scenario): number {
  const steps = source.scenarios.flatMap(({ flow }) => flow.flatMap(stepsOf));
  const thinks = steps.map((step) => Number((step as { think?: unknown }).think)).filter((think) => think > 0);
  return Math.max(0.001, ...thinks);
}

function stepsOf(step: unknown): unknown[] {
  const { loop } = (step ?? {}) as { loop?: unknown };
  return Array.isArray(loop) ? loop.flatMap(stepsOf) : [step ?? {}];
}

/** The engine that drives the crowd, and why it does; null without a crowd. */
export function crowdEngineOf({ scenario, users, engine }: RunRequest, { load }: Layout): RunPlan['load']['engine'] {
  if (users === 0) return null;
  const deliveriesPerSecond = (users / thinkSeconds(scenario)) * (isForOne(scenario) ? 1 : users / load.rooms);
  return chooseEngine(engine, scenario.source.scenarios[0]!.engine, { users, deliveriesPerSecond });
}

/** Whether each message, a request or one to somebody, has one recipient. */
function isForOne({ dialect }: Scenario): boolean {
  return kindOf(dialect) === 'asking' || isDirect(dialect);
}

function environment(engine: string | undefined, found: FoundTarget['versions']): RunPlan['environment'] {
  const { version, dependencies, devDependencies } = ownPackage;
  return {
    node: process.version,
    os: `${type()} ${release()}`,
    cpus: cpus().length,
    memoryBytes: totalmem(),
    versions: {
      chatstorm: version,
      'socket.io': dependencies['socket.io']!,
      'socket.io-client': dependencies['socket.io-client']!,
      artillery: devDependencies.artillery!,
      ...(engine === 'chatstorm'
        ? { 'artillery-engine-chatstorm': version }
        : { 'artillery-engine-socketio-v3': devDependencies['artillery-engine-socketio-v3']! }),
      ...found,
    },
  };
}
