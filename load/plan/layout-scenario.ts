import { hasRooms, kindOf } from '../../bots/dialect/dialect.ts';
import type { Scenario } from '../../scenarios/scenario.ts';
import { clusterOf } from './cluster-plan.ts';
import type { Layout } from './layout.ts';
import { layOutMatrix } from './matrix-layout.ts';
import { layOutProbes } from './probes-layout.ts';
import { layOutRecovery } from './recovery-layout.ts';
import { wholeLoad } from './shard-part.ts';

/** What of the target is the run's own: the embedded server, and the Redis between its nodes. */
export interface Owned {
  readonly server: boolean;
  readonly redis: boolean;
}

/**
 * Lays a scenario out in time, or a part of its load; what is not the run's own is ended and started by its owner's hooks, or
 * not at all.
 */
export function layOutScenario(scenario: Scenario, seed: string, owned: Owned, part = wholeLoad): Layout {
  const { workload, dialect } = scenario;
  const control = {
    can: controlOf(scenario, owned),
    nodes: owned.server ? (clusterOf(scenario.server)?.nodes ?? 1) : 1,
  };
  const layOut = () => {
    if (workload.kind === 'matrix') return layOutMatrix(workload, hasRooms(dialect), seed);
    if (workload.kind === 'recovery') return layOutRecovery(workload, hasRooms(dialect), seed);
    return layOutProbes(workload, control, seed, part, scenario.users);
  };
  const layout = layOut();
  return kindOf(dialect) === 'listening' ? silenced(layout) : layout;
}

/** What can be done to the target: as `part-how`. */
function controlOf({ server, dialect }: Scenario, owned: Owned): ReadonlySet<string> {
  const { kill, start, restart } = dialect.hooks;
  if (!owned.server) {
    return new Set([
      ...(kill !== null && start !== null ? ['server-kill', 'nodes-kill'] : []),
      ...(restart !== null ? ['server-restart', 'nodes-restart'] : []),
    ]);
  }
  const cluster = clusterOf(server)
    ? ['nodes-restart', 'nodes-kill', 'nodes-freeze', 'redis-silence', 'balancer-reload']
    : [];
  const redis = cluster.length > 0 && owned.redis ? ['redis-restart'] : [];
  return new Set(['server-kill', 'server-restart', ...cluster, ...redis]);
}

/** Where only the server speaks, those who would talk listen, too. */
function silenced(layout: Layout): Layout {
  const probes = { ...layout.probes, schedules: [] };
  return { ...layout, probes, load: { ...layout.load, talkers: 0, ratePerTalker: 0 } };
}
