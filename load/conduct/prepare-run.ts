import { type Adapter, usesRedis } from '../../base/adapters.ts';
import { UsageError } from '../../base/errors.ts';
import { ownPackage } from '../../base/installation.ts';
import { openDoor } from '../../doctor/door.ts';
import { clusterOf } from '../plan/cluster-plan.ts';
import { fitHeartbeat } from '../plan/fit-heartbeat.ts';
import { embeddedHandshake, type FoundTarget } from '../plan/run-plan.ts';
import { type RunRequest, secretsOf } from '../plan/run-request.ts';
import { installPackages, packagesBeside } from './other-packages.ts';
import { findProgram } from './target/programs.ts';

/** A run, and what is known of its target. */
export interface PreparedRun {
  readonly request: RunRequest;
  readonly found: FoundTarget;
}

/**
 * Connects to the target of a run once, finds its workers unless it is only `planned`, and fits the run to the target's heartbeat where that is
 * wanted. Rejects with a UsageError that says why nobody gets in, or that there are too few workers.
 */
export async function prepareRun(asked: RunRequest, isPlanned = false): Promise<PreparedRun> {
  const areKnown = isPlanned && asked.workers?.shards !== undefined;
  const request =
    asked.workers && !areKnown ? await (await import('../workers/worker-count.ts')).withShards(asked) : asked;
  const packages =
    request.packages && !isPlanned
      ? await installPackages(request.packages, packagesBeside(request.folder))
      : undefined;
  const target = await findTarget(request);
  const versions = { ...target.versions, ...packages?.versions };
  const found = { ...target, versions, packages };
  const handshake = found.handshake ?? (request.target ? undefined : embeddedHandshake(request.scenario.server));
  if (!request.fitsHeartbeat || !handshake) return { request, found };
  return { request: { ...request, scenario: fitHeartbeat(request.scenario, handshake) }, found };
}

const packages: Readonly<Record<Adapter, string>> = {
  'redis-streams': '@socket.io/redis-streams-adapter',
  'redis-pubsub': '@socket.io/redis-adapter',
  cluster: '@socket.io/cluster-adapter',
};

/** What the nodes of the embedded server stand on. Throws a UsageError where it is not installed. */
function versionsOf({ scenario, redis }: RunRequest): Readonly<Record<string, string>> {
  const cluster = clusterOf(scenario.server);
  if (!cluster) return {};
  const adapter = packages[cluster.adapter];
  const isOwn = usesRedis(cluster.adapter) && redis === undefined;
  const own = isOwn ? { redis: findProgram('redis-server').version } : {};
  return { [adapter]: ownPackage.dependencies[adapter]!, ...own, haproxy: findProgram('haproxy').version };
}

/** Of the embedded target, what is installed. */
async function findTarget(request: RunRequest): Promise<FoundTarget> {
  const { target, scenario } = request;
  if (!target) return { versions: versionsOf(request) };
  const { dialect } = scenario;
  const door = await openDoor({ target, dialect, secrets: secretsOf(request) });
  if (door.isOpen) return { origin: target.origin, handshake: door.handshake };
  const address = `${target.origin}${dialect.namespace}`;
  const { seen, remedy } = door.diagnosis;
  const message = `Cannot connect to ${address}. ${seen} ${remedy ?? ''}`.trim();
  throw new UsageError('TARGET_UNREACHABLE', message, address);
}
