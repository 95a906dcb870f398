/** Puts an order for a shard on the queue, as a conductor does; for tests. */

import { Queue } from 'bullmq';
import { openRedis } from '../../load/workers/redis-client.ts';
import { Seal } from '../../load/workers/sealing.ts';
import { QUEUE, type ShardOrder } from '../../load/workers/shard-order.ts';

export class ShardWorkerOrder {
  readonly #close: () => Promise<void>;

  private constructor(close: () => Promise<void>) {
    this.#close = close;
  }

  static async put(redis: string, secret: string, target: string): Promise<ShardWorkerOrder> {
    const connection = await openRedis(redis);
    const queue = new Queue(QUEUE, { connection });
    const order = { at: Date.now(), runId: 'somebody', shard: { number: 1, of: 1 }, target, request: {} };
    await queue.add('order', { sealed: new Seal(secret).close(order as unknown as ShardOrder) });
    return new ShardWorkerOrder(async () => {
      await queue.close();
      connection.disconnect();
    });
  }

  close(): Promise<void> {
    return this.#close();
  }
}
