import type { Scenario } from '../../scenarios/scenario.ts';

/** What nodes hear each other by, and how clients find theirs; the usual one first. */
export const adapters = ['redis-streams', 'redis-pubsub'] as const;
export const balancers = ['haproxy-cookie', 'haproxy-roundrobin'] as const;

/** `haproxy-cookie`: a client stays on its node. `haproxy-roundrobin`: every request goes to the next, the classic mistake. */
export type Balancing = (typeof balancers)[number];

/** How several nodes of the embedded server stand together. */
export interface ClusterPlan {
  readonly nodes: number;
  readonly adapter: (typeof adapters)[number];
  readonly balancer: Balancing;
}

/** Undefined where the server is one process. */
export function clusterOf({ nodes = 1, adapter, balancer }: Scenario['server']): ClusterPlan | undefined {
  if (nodes < 2) return undefined;
  return { nodes, adapter: adapter ?? adapters[0], balancer: balancer ?? balancers[0] };
}

/** The options of each node: what is left of the server's once it is known how many there are. */
export function nodeOptionsOf({ nodes: _, adapter: __, balancer: ___, ...options }: Scenario['server']): object {
  return options;
}
