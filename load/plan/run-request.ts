import { randomUUID } from 'node:crypto';
import { join, resolve } from 'node:path';
import { usesRedis } from '../../base/adapters.ts';
import { UsageError } from '../../base/errors.ts';
import { RUNS_FOLDER } from '../../base/installation.ts';
import { hasRooms } from '../../bots/dialect/dialect.ts';
import { secretsIn } from '../../bots/endpoint.ts';
import { readUsers } from '../../bots/identity/users-file.ts';
import { parseThreshold } from '../../measure/judge/thresholds.ts';
import { parseDialect, type ReadDialect, readDialectFile } from '../../scenarios/dialect-file.ts';
import type { Environment } from '../../scenarios/environment-values.ts';
import { parseScenario, type Scenario } from '../../scenarios/scenario.ts';
import { findScenario } from '../../scenarios/scenario-files.ts';
import { scenarioOptionNames, scenarioOptions } from '../../scenarios/scenario-options.ts';
import type { ProbesConfig } from '../../scenarios/scenario-schema.ts';
import { clusterOf } from './cluster-plan.ts';
import type { CrowdEngine } from './crowd-engine.ts';
import { type GitState, gitState } from './git-state.ts';
import { layOutScenario, type Owned } from './layout-scenario.ts';
import type { LoadOptions, OwnThreshold } from './load-options.ts';
import { folderNameOf, type PackageSet, parsePackageSet } from './package-set.ts';
import { repeatWords } from './repeat-command.ts';
import type { ShardPart } from './shard-part.ts';
import { checkTarget } from './target.ts';

/** What is to be run. Nothing in it is decided later. */
export interface RunRequest {
  readonly id: string;
  readonly scenario: Scenario;
  /** Undefined for the embedded reference server. */
  readonly target: URL | undefined;
  /** What of the target is the run's own. */
  readonly owned: Owned;
  /** The workers that make the load, and how many there are to be; undefined where this machine makes it. */
  readonly workers: WorkersRequest | undefined;
  /** The part of a load that it is; undefined where it is the whole one. */
  readonly shard: ShardPart | undefined;
  /** The Redis between the embedded server's nodes; undefined for one of the run's own. */
  readonly redis: string | undefined;
  /** Crowd users; 0 for none. */
  readonly users: number;
  /** The engine of Artillery that is to drive them; undefined where the load decides. */
  readonly engine: CrowdEngine | undefined;
  readonly seed: string;
  /** Whether faults that are noticed by silence last as long as the target's heartbeat needs. */
  readonly fitsHeartbeat: boolean;
  /** Packages of other versions for server and probes; undefined for our own. */
  readonly packages: PackageSet | undefined;
  readonly labels: readonly string[];
  /** The repository that the run is made in; null outside of any. */
  readonly git: GitState | null;
  /** The command that repeats the run, word by word. */
  readonly command: readonly string[];
  readonly folder: string;
}

/**
 * The runs of scenarios (names, files, or plain data), each of them `repeat` times. Throws a UsageError that says what cannot be run;
 * nothing has been opened or started then.
 */
export async function requestsOf(
  scenarios: readonly (string | object)[],
  options: LoadOptions,
  repeat: number,
  environment: Environment = {},
): Promise<RunRequest[]> {
  const target = options.target === undefined ? undefined : checkTarget(options.target, options.iOwn);
  if (target) refuseEmbeddedOptions(options);
  else if (options.pid !== undefined)
    throw new UsageError(
      'COMMAND_LINE',
      '--pid needs --target: the embedded server is watched anyway (command line)',
      '--pid',
    );
  const dialect = await dialectOf(options.dialect, environment);
  const recoveries = recoveriesOf(options.recovery);
  const persona = options.persona && resolve(options.persona);
  const labels = options.label ?? [];
  const git = await gitState();
  const written = await Promise.all(scenarios.map(findScenario));
  const packageSets = packageSetsOf(options);
  const variants = written.flatMap((one) =>
    recoveries.flatMap((recovery) => packageSets.map((packages) => ({ ...one, recovery, packages }))),
  );
  return variants.flatMap(({ text, file, asked, recovery, packages }) => {
    const dialectForTarget = target && 'plain';
    const parsed = parseScenario(text, file, {
      ...options,
      environment,
      dialect,
      dialectForTarget,
      recovery,
      persona,
    });
    const judged = withThresholds(parsed, options.thresholds?.[parsed.name] ?? []);
    const { pid = judged.dialect.pid } = options;
    const workers = workersOf(options, judged);
    const workload = workers ? withoutPersonas(judged.workload) : judged.workload;
    const scenario = { ...judged, workload, dialect: { ...judged.dialect, pid, ...(!target && ofNodes(judged)) } };
    refuseRoomsOfNoName(scenario, options);
    const users = options.crowd ? scenario.users : 0;
    refuseTooFewUsers(scenario, users);
    refuseSearchOfOthers(scenario, options);
    if (!target) refuseFaultsOfNothing(scenario);
    const redis = redisOf(options, scenario);
    return Array.from({ length: repeat }, (_, i): RunRequest => {
      const id = randomUUID().slice(0, 8);
      const nth = [
        ...(written.length > 1 ? [scenario.name] : []),
        ...(recoveries.length > 1 ? [`recovery-${recovery}`] : []),
        ...(packages && packageSets.length > 1 ? [`with-${folderNameOf(packages)}`] : []),
        ...(repeat > 1 ? [String(i + 1)] : []),
      ];
      const folder = options.out
        ? join(options.out, ...nth)
        : join(options.runs ?? RUNS_FOLDER, `${stamp()}-${scenario.name}-${id}`);
      const seed = options.seed ?? id;
      const command = repeatWords(asked, { ...options, recovery, ...(packages && { with: [packages.text] }) }, seed);
      const fitsHeartbeat = options.fitHeartbeat === true;
      const { engine } = options;
      return {
        id,
        scenario,
        target,
        redis: clusterOf(scenario.server) && redis,
        owned: { server: target === undefined, redis: redis === undefined },
        workers,
        shard: undefined,
        users,
        engine,
        seed,
        fitsHeartbeat,
        packages,
        labels,
        git,
        command,
        folder: resolve(folder),
      };
    });
  });
}

/** The personas that runs want, by name or file, once each. */
export function personasOf(requests: readonly RunRequest[]): string[] {
  const all = requests.flatMap(
    ({ scenario: { workload } }) => (workload.kind === 'probes' && workload.personas?.who) || [],
  );
  return [...new Set(all)];
}

/** Adds thresholds; one of the scenario's over the same metric gives way. */
function withThresholds(scenario: Scenario, own: readonly OwnThreshold[]): Scenario {
  if (own.length === 0) return scenario;
  const over = (text: string) => {
    const { term, divisor } = parseThreshold(text);
    return JSON.stringify([term, divisor]);
  };
  const replaced = new Set(own.map(({ text }) => over(text)));
  const kept = scenario.thresholds.filter((text) => !replaced.has(over(text)));
  return {
    ...scenario,
    thresholds: [...kept, ...own.map(({ text }) => text)],
    thresholdPlaces: {
      ...scenario.thresholdPlaces,
      ...Object.fromEntries(own.map(({ text, place }) => [text, place])),
    },
  };
}

type WithSecrets = Pick<RunRequest, 'scenario' | 'target'> & Partial<Pick<RunRequest, 'redis' | 'workers'>>;

/** What the dialect and the addresses hold that may be written nowhere. */
export function secretsOf({ scenario, target, redis, workers }: WithSecrets): string[] {
  const redises = [redis, workers?.redis].flatMap((address) => (address === undefined ? [] : [new URL(address)]));
  const addresses = [...(target ? [target] : []), ...redises];
  const own = workers ? [workers.secret] : [];
  return [...scenario.dialectSource.secrets, ...own, ...addresses.flatMap(secretsIn)];
}

/** What several nodes of the reference chat ask of a client: a balancer's cookie; who is in a room each of them knows for itself. */
function ofNodes({ server }: Scenario): Partial<Scenario['dialect']> {
  return clusterOf(server) ? { cookies: true, presence: null } : {};
}

/** Only the engine of our own has as many users as it is told while it runs. Throws a UsageError. */
function refuseSearchOfOthers({ workload, name, source }: Scenario, { engine, crowd }: LoadOptions): void {
  if (workload.kind !== 'probes' || !workload.capacity) return;
  const driven = engine ?? source.scenarios[0]?.engine;
  const refuse = (message: string, option: string) => new UsageError('COMMAND_LINE', message, option);
  if (driven !== 'chatstorm')
    throw refuse(`${name} needs the engine chatstorm, got ${driven}. Leave --engine out (command line)`, '--engine');
  if (!crowd)
    throw refuse(`${name} needs a crowd: it is what grows. Leave --no-crowd out (command line)`, '--no-crowd');
}

/** Throws a UsageError where faults strike nodes or a Redis that the embedded server does not have. */
function refuseFaultsOfNothing({ workload, server, name }: Scenario): void {
  if (workload.kind !== 'probes') return;
  const cluster = clusterOf(server);
  if (cluster) {
    const ofRedis = workload.faults.find((one) => 'redis' in one);
    if (!ofRedis || usesRedis(cluster.adapter)) return;
    const message = `The fault ${ofRedis.name} of ${name} needs a Redis, and nodes with the adapter cluster have none. Use --adapter redis-streams, or a scenario without it.`;
    throw new UsageError('COMMAND_LINE', message, '--adapter');
  }
  const fault = workload.faults.find((one) => 'nodes' in one || 'redis' in one || 'balancer' in one);
  if (!fault) return;
  const message = `The fault ${fault.name} of ${name} needs a server of at least two nodes, got 1. Add --nodes 3, or \`server: { nodes: 3 }\` to the scenario.`;
  throw new UsageError('COMMAND_LINE', message, '--nodes');
}

/** The address of a Redis of one's own. Throws a UsageError where it is none, or nothing would use it. */
function redisOf({ redis: address, workers }: LoadOptions, { server }: Scenario): string | undefined {
  if (address === undefined) return undefined;
  const cluster = clusterOf(server);
  if (!(cluster && usesRedis(cluster.adapter)) && !workers)
    throw new UsageError(
      'COMMAND_LINE',
      '--redis is for a server of several nodes on Redis, or for workers: add --nodes 3 or --workers (command line)',
      '--redis',
    );
  if (URL.canParse(address) && /^rediss?:$/.test(new URL(address).protocol)) return address;
  const shown = address.replace(/\/\/[^@/]*@/, '//');
  const message = `Expected --redis to be an address such as redis://127.0.0.1:6379, got ${shown} (command line)`;
  throw new UsageError('COMMAND_LINE', message, '--redis');
}

/** Workers that make a load, found by Redis. */
export interface WorkersRequest {
  readonly redis: string;
  readonly secret: string;
  /** How many parts the load has; undefined for one for each worker that is there. */
  readonly shards: number | undefined;
}

/** Throws a UsageError where the load cannot be split, or it is not said how workers are found. */
function workersOf(options: LoadOptions, { workload, name, dialect }: Scenario): WorkersRequest | undefined {
  const { workers, redis, secret, shards } = options;
  const refuse = (message: string, option: string) =>
    new UsageError('COMMAND_LINE', `${message} (command line)`, option);
  if (!workers) {
    if (shards === undefined) return undefined;
    throw refuse('--shards is for workers: add --workers', '--shards');
  }
  if (redis === undefined) throw refuse('Workers are found by Redis: add --redis URL', '--workers');
  if (!secret)
    throw refuse(
      'Workers obey only orders sealed with their secret: add --secret, or set CHATSTORM_SECRET',
      '--secret',
    );
  if (workload.kind !== 'probes')
    throw refuse(
      `${name} measures a few clients of each kind: it is not split over workers. Leave --workers out`,
      '--workers',
    );
  if (workload.capacity)
    throw refuse(`${name} changes its load as it goes: it is not split over workers. Leave --workers out`, '--workers');
  const count = shards === undefined || shards === 'auto' ? undefined : Number(shards);
  if (count === undefined) return { redis, secret, shards: undefined };
  if (!Number.isInteger(count) || count < 1 || count > MOST_SHARDS)
    throw refuse(`Expected --shards to be auto or a number up to ${MOST_SHARDS}, got ${shards}`, '--shards');
  refuseTooManyShards(count, workload, hasRooms(dialect));
  return { redis, secret, shards: count };
}

/** Who goes offline in a way of their own is looked at one by one: that is no load to be split. */
function withoutPersonas(workload: Scenario['workload']): Scenario['workload'] {
  return workload.kind === 'probes' ? { ...workload, personas: undefined } : workload;
}

const MOST_SHARDS = 1000;

/** Every part needs a room of its own, where rooms are told apart, with somebody who talks. Throws a UsageError. */
export function refuseTooManyShards(shards: number, { rooms, talkers }: ProbesConfig, areTold: boolean): void {
  const most = areTold ? Math.min(rooms, talkers) : talkers;
  if (shards <= most) return;
  const message = `${shards} shards need as many rooms and talkers: there are ${rooms} rooms and ${talkers} talkers. Use at most ${most} shards, or a scenario with more of both.`;
  throw new UsageError('COMMAND_LINE', message, '--shards');
}

/** Some options act on the embedded server, which is not there with a target. Throws a UsageError. */
function refuseEmbeddedOptions(options: LoadOptions): void {
  const option = scenarioOptionNames.find(
    (name) => options[name] !== undefined && scenarioOptions[name].needsEmbeddedServer,
  );
  if (!option) return;
  const message = `--${option} acts on the embedded server and cannot be used with --target. Leave one of them out (command line)`;
  throw new UsageError('COMMAND_LINE', message, `--${option}`);
}

/** With which packages to run, in the order of `--with`; undefined for our own. Throws a UsageError. */
function packageSetsOf({ with: texts = [], target, workers }: LoadOptions): readonly (PackageSet | undefined)[] {
  if (texts.length === 0) return [undefined];
  const refuse = (message: string) => new UsageError('COMMAND_LINE', `${message} (command line)`, '--with');
  if (workers) throw refuse('--with acts on this machine, and workers make the load elsewhere. Leave one of them out');
  const sets = texts.map(parsePackageSet);
  const ofServer = sets.flatMap(({ wanted }) => Object.keys(wanted)).find((name) => name !== 'socket.io-client');
  if (target === undefined || ofServer === undefined) return sets;
  throw refuse(`--with ${ofServer} acts on the embedded server: with --target, only socket.io-client can be replaced`);
}

/** With which session recovery to run; undefined for the scenario's own. Throws a UsageError. */
function recoveriesOf(option: string | undefined): readonly (string | undefined)[] {
  if (option === undefined) return [undefined];
  if (option === 'both') return ['on', 'off'];
  if (option === 'on' || option === 'off') return [option];
  const message = `Expected --recovery to be on, off or both, got ${option} (command line)`;
  throw new UsageError('COMMAND_LINE', message, '--recovery');
}

/** The dialect of a file, or given as plain data; a name is left for the scenario to look up. */
async function dialectOf(
  nameOrFile: string | object | undefined,
  environment: Environment,
): Promise<string | ReadDialect | undefined> {
  if (typeof nameOrFile === 'object') return parseDialect(JSON.stringify(nameOrFile), 'dialect', environment);
  if (nameOrFile === undefined || !/\.(ya?ml|[cm]?[jt]s)$/.test(nameOrFile)) return nameOrFile;
  return readDialectFile(nameOrFile, environment);
}

/** Rooms that the dialect cannot tell apart are one. Throws a UsageError where more are asked for. */
function refuseRoomsOfNoName({ dialect }: Scenario, { rooms }: LoadOptions): void {
  if (rooms === undefined || Number(rooms) <= 1 || hasRooms(dialect)) return;
  const message = `--rooms ${rooms} cannot be had: the dialect joins no room by name, so everyone is in one. Leave the option out, or put {room} into \`join\` (command line)`;
  throw new UsageError('COMMAND_LINE', message, '--rooms');
}

/** Throws a UsageError where the dialect's file has fewer users than the run wants. */
function refuseTooFewUsers({ dialect, name, ...scenario }: Scenario, users: number): void {
  if (dialect.users === null) return;
  const { probes } = layOutScenario({ ...scenario, dialect, name }, '', { server: false, redis: false });
  const [wanted, got] = [probes.bots.length + users, readUsers(dialect.users).length];
  if (got >= wanted) return;
  const message = `Expected ${dialect.users} to have a row for each of ${wanted} users (${probes.bots.length} probes and a crowd of ${users} in ${name}), got ${got}. Add rows, or use fewer users.`;
  throw new UsageError('DIALECT', message, dialect.users);
}

function stamp(): string {
  return new Date().toISOString().slice(0, 19).replaceAll(':', '-');
}
