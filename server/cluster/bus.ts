import cluster from 'node:cluster';
import type { Redis } from 'ioredis';
import type { ServerOptions } from 'socket.io';
import { forgivingRedis } from '../../base/forgiving-redis.ts';
import { type ChatOptions, ChatServerError } from '../chat-options.ts';
import type { Failures } from '../vitals/failures.ts';

/** What nodes of one chat hear each other by. */
export interface Bus {
  readonly adapter: ServerOptions['adapter'];
  /** Lets go of Redis, where it is one; what waits for an answer is given up. */
  close(): void;
}

/**
 * Opens the bus that the options name; undefined where a node stands alone. Rejects with a ChatServerError where Redis
 * cannot be reached, or there is no primary to hear others by. Once it was reached, a Redis that is away is waited for, however long that takes.
 */
export async function openBus(options: ChatOptions, failures: Failures): Promise<Bus | undefined> {
  if (options.adapter === 'memory') return undefined;
  if (options.adapter === 'cluster') return openCluster();
  const redis = await openRedis(options, failures);
  const channel = options.busName;
  if (options.adapter === 'redis-streams') {
    const { createAdapter } = await import('@socket.io/redis-streams-adapter');
    const names = { streamName: channel, channelPrefix: channel, sessionKeyPrefix: `${channel}:session:` };
    return { adapter: createAdapter(redis, names), close: () => redis.disconnect() };
  }
  const { createAdapter } = await import('@socket.io/redis-adapter');
  const listener = redis.duplicate();
  listener.on('error', ignore);
  await listener.connect();
  const close = () => {
    redis.disconnect();
    listener.disconnect();
  };
  return { adapter: createAdapter(redis, listener, { key: channel }), close };
}

async function openCluster(): Promise<Bus> {
  if (!cluster.isWorker)
    throw new ChatServerError(
      'OPTIONS',
      'The adapter `cluster` is for workers of a Node cluster, which this process is not: let a primary fork it, or choose another `adapter`.',
    );
  const { createAdapter } = await import('@socket.io/cluster-adapter');
  return { adapter: createAdapter(), close: () => {} };
}

const CONNECT_MS = 5000;
const RETRY_MS = { least: 50, most: 500 };

async function openRedis({ redis: url }: ChatOptions, failures: Failures): Promise<Redis> {
  const { Redis } = await import('ioredis');
  let isOpen = false;
  const redis = forgivingRedis(
    new Redis(url, {
      lazyConnect: true,
      connectTimeout: CONNECT_MS,
      // A command waits for Redis to come back: given up, it would be a message that is lost without a word.
      maxRetriesPerRequest: null,
      retryStrategy: (times) => (isOpen ? Math.min(times * RETRY_MS.least, RETRY_MS.most) : null),
    }),
  );
  // Every attempt that fails is told.
  redis.on('error', (error) => isOpen && failures.report('reaching Redis', error, performance.now()));
  try {
    await redis.connect();
  } catch (error) {
    redis.disconnect();
    throw cannotReach(url, error as Error);
  }
  isOpen = true;
  return redis;
}

function cannotReach(url: string, { message }: Error): ChatServerError {
  const { host } = new URL(url);
  return new ChatServerError(
    'REDIS',
    `Cannot reach Redis at ${host} (${message}): start it, or name another with the option \`redis\`.`,
  );
}

function ignore(): void {}
