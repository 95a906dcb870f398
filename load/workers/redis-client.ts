import { Redis } from 'ioredis';
import { UsageError } from '../../base/errors.ts';

const CONNECT_MS = 5000;
const RETRY_MS = { step: 50, most: 1000 };

/** A connection to Redis that comes back by itself; commands wait for it. Rejects with a UsageError where it cannot be made. */
export async function openRedis(url: string): Promise<Redis> {
  let isOpen = false;
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: CONNECT_MS,
    maxRetriesPerRequest: null,
    retryStrategy: (times) => (isOpen ? Math.min(times * RETRY_MS.step, RETRY_MS.most) : null),
  });
  redis.on('error', () => {});
  try {
    await redis.connect();
  } catch (error) {
    redis.disconnect();
    const { host } = new URL(url);
    const message = `Cannot reach Redis at ${host} (${(error as Error).message}). Start it, or name another with --redis.`;
    throw new UsageError('COMMAND_LINE', message, '--redis');
  }
  isOpen = true;
  return redis;
}
