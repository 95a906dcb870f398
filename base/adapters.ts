/** What several nodes of a chat hear each other by: Redis, or the channels of one Node cluster. The usual one first. */
export const adapters = ['redis-streams', 'redis-pubsub', 'cluster'] as const;

export type Adapter = (typeof adapters)[number];

/** How clients find their node: always the same by a cookie, or the next one for every request, the classic mistake. */
export const balancers = ['haproxy-cookie', 'haproxy-roundrobin'] as const;

export type Balancing = (typeof balancers)[number];

/** Whether nodes stand on a Redis. */
export function usesRedis(adapter: Adapter): boolean {
  return adapter !== 'cluster';
}
