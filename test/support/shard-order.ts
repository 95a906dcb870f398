import { openRedis } from '../../load/workers/redis-client.ts';
import { Seal } from '../../load/workers/sealing.ts';
import type { ShardOrder } from '../../load/workers/shard-order.ts';
import { ShardQueue } from '../../load/workers/shard-queue.ts';

/** Puts an order for a shard on the queue, as a conductor does. */
export async function putOrder(redis: string, secret: string, target: string): Promise<void> {
  const connection = await openRedis(redis);
  const queue = new ShardQueue(connection);
  const order = { at: Date.now(), runId: 'somebody', shard: { number: 1, of: 1 }, target, request: {} };
  await queue.put([{ name: 'order', sealed: new Seal(secret).close(order as unknown as ShardOrder) }]);
  await queue.close();
  connection.disconnect();
}
