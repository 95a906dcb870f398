/** The one place that knows of BullMQ; it imports nothing of ours, since the package bundles it with what it needs. */

import { type Job, Queue, Worker } from 'bullmq';
import type { Redis } from 'ioredis';

const QUEUE = 'chatstorm-shards';
/** No lock is renewed while a machine stands still; a shard that is lost is told by its silence. */
const LOCK_MS = 3_600_000;

/** An order in the queue. */
export interface Queued {
  readonly name: string;
  readonly sealed: string;
}

/** The queue in which workers find what is to be done. */
export class ShardQueue {
  readonly #queue: Queue;
  #jobs: readonly Job[] = [];

  constructor(redis: Redis) {
    this.#queue = new Queue(QUEUE, { connection: redis });
    this.#queue.on('error', () => {});
  }

  /** How many workers there are. */
  workers(): Promise<number> {
    return this.#queue.getWorkersCount();
  }

  async put(orders: readonly Queued[]): Promise<void> {
    // A shard that failed is not made again in the middle of a measurement.
    const opts = { attempts: 1, removeOnComplete: true, removeOnFail: true };
    this.#jobs = await this.#queue.addBulk(orders.map(({ name, sealed }) => ({ name, data: { sealed }, opts })));
  }

  /** Takes back the orders that no worker has taken. */
  async takeBack(): Promise<void> {
    await Promise.allSettled(this.#jobs.map((job) => job.remove()));
  }

  async close(): Promise<void> {
    await this.#queue.close().catch(() => {});
  }
}

/** Takes orders off the queue, one at a time, as a worker with a name; resolves when it is ready. */
export async function takeShards(
  redis: Redis,
  name: string,
  take: (sealed: string) => Promise<void>,
): Promise<{ close(): Promise<void> }> {
  const worker = new Worker(QUEUE, ({ data }) => take(String((data as { readonly sealed?: unknown } | null)?.sealed)), {
    connection: redis,
    concurrency: 1,
    lockDuration: LOCK_MS,
    maxStalledCount: 0,
    name,
  });
  worker.on('error', () => {});
  await worker.waitUntilReady();
  return worker;
}
