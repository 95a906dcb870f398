import { UsageError } from '../../base/errors.ts';
import { hasRooms } from '../../bots/dialect/dialect.ts';
import type { RunRequest } from '../plan/run-request.ts';
import { refuseTooManyShards } from '../plan/run-request.ts';
import { openRedis } from './redis-client.ts';
import { ShardQueue } from './shard-queue.ts';

/** A run with as many shards as there are workers, where it does not say how many. Rejects with a UsageError where there are too few. */
export async function withShards(request: RunRequest): Promise<RunRequest> {
  const { workers, scenario } = request;
  if (!workers || scenario.workload.kind !== 'probes') return request;
  const redis = await openRedis(workers.redis);
  const queue = new ShardQueue(redis);
  try {
    const there = await queue.workers();
    const shards = workers.shards ?? there;
    if (shards < 1 || there < shards) {
      const wanted = workers.shards === undefined ? 'Expected workers' : `${shards} shards need as many workers`;
      const message = `${wanted}, and ${there === 0 ? 'none is' : `${there} ${there === 1 ? 'is' : 'are'}`} there. Start them: chatstorm worker --redis URL`;
      throw new UsageError('COMMAND_LINE', message, '--workers');
    }
    refuseTooManyShards(shards, scenario.workload, hasRooms(scenario.dialect));
    return { ...request, workers: { ...workers, shards } };
  } finally {
    await queue.close();
    redis.disconnect();
  }
}
