import { clusterOf, nodeOptionsOf } from '../../plan/cluster-plan.ts';
import type { Layout } from '../../plan/layout.ts';
import type { RunRequest } from '../../plan/run-request.ts';
import type { Child } from '../child.ts';
import type { Processes } from '../processes.ts';
import { EmbeddedServer } from './embedded-server.ts';
import { ReferenceCluster } from './reference-cluster.ts';
import type { EmbeddedTarget } from './struck-target.ts';

/** Load is no abuse. */
const limitsLifted = { messagesPerSecond: 0, maxConnectionsPerAddress: 0 };

/** The reference chat as a run wants it: one process, or nodes behind a balancer. */
export function embeddedTarget(
  { id, scenario, folder, redis }: RunRequest,
  { faults }: Layout,
  processes: Processes,
  replaced: (server: Child) => void,
): EmbeddedTarget {
  const options = { ...limitsLifted, ...nodeOptionsOf(scenario.server) };
  const cluster = clusterOf(scenario.server);
  if (!cluster) return new EmbeddedServer(processes, options, folder, replaced);
  const silencesRedis = faults.some(
    (fault) => fault.kind === 'target' && fault.part === 'redis' && fault.how === 'silence',
  );
  const spec = { ...cluster, redis, busName: `chatstorm-${id}`, options, silencesRedis, folder };
  return new ReferenceCluster(processes, spec, replaced);
}
