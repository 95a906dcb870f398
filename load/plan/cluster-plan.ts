import { type Adapter, adapters, type Balancing, balancers } from '../../base/adapters.ts';
import type { Scenario } from '../../scenarios/scenario.ts';

/** How several nodes of the embedded server stand together. */
export interface ClusterPlan {
  readonly nodes: number;
  readonly adapter: Adapter;
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
