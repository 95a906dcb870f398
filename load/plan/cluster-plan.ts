import type { Scenario } from '../../scenarios/scenario.ts';

/** How several nodes of the embedded server stand together. */
export interface ClusterPlan {
  readonly nodes: number;
  readonly adapter: 'redis-streams' | 'redis-pubsub';
  readonly balancer: 'haproxy-cookie' | 'haproxy-roundrobin';
}

/** Undefined where the server is one process. */
export function clusterOf({ nodes = 1, adapter, balancer }: Scenario['server']): ClusterPlan | undefined {
  if (nodes < 2) return undefined;
  return { nodes, adapter: adapter ?? 'redis-streams', balancer: balancer ?? 'haproxy-cookie' };
}

/** The options of each node: what is left of the server's once it is known how many there are. */
export function nodeOptionsOf({ nodes: _, adapter: __, balancer: ___, ...options }: Scenario['server']): object {
  return options;
}
