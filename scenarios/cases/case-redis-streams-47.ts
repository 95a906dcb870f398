import { createAdapter } from '@socket.io/redis-streams-adapter';
import type { UpstreamCase } from './upstream-case.ts';

const EVENTS = 200;
const EVENT_BYTES = 20_000;
/** Redis ends a connection that has more than this to read. */
const MOST_BYTES = 1_000_000;
/** The adapter reads so many entries at once: far less than Redis allows. */
const READ_COUNT = 10;
const ENDED_TIMES = 3;

export const caseRedisStreams47: UpstreamCase = {
  id: 'redis-streams-47',
  reference: 'socketio/socket.io-redis-streams-adapter#47',
  url: 'https://github.com/socketio/socket.io-redis-streams-adapter/pull/47',
  title: 'A recovery reads the rest of the stream at once',
  packages: ['@socket.io/redis-streams-adapter', 'socket.io', 'socket.io-client'],
  settings: `connectionStateRecovery, Redis Streams adapter with readCount: ${READ_COUNT}; Redis with client-output-buffer-limit normal ${MOST_BYTES} 0 0`,
  expected: 'The stream is read readCount entries at a time, when a session is recovered as well.',
  reported:
    'XRANGE has no COUNT: Redis buffers all that the client has missed. Over its output buffer limit it ends the connection, and ioredis sends the same command again.',
  remedy: 'Keep maxLen and the events small, and client-output-buffer-limit above their product.',
  fixedIn: null,
  here: { isReproduced: true },
  seconds: 1,
  show: async (lab) => {
    const redis = await lab.redis();
    const admin = lab.redisClient(redis.url);
    const limit = (bytes: number) => admin.config('SET', 'client-output-buffer-limit', `normal ${bytes} 0 0`);
    const publisher = lab.redisClient(redis.url);
    const adapter = createAdapter(publisher, { readCount: READ_COUNT });
    const { io, url } = await lab.server({ adapter, connectionStateRecovery: {} });
    const client = await lab.client(url);
    let heard = 0;
    client.on('news', () => heard++);
    io.emit('news', 'first');
    await lab.until('the first event arrives', () => heard === 1);

    let ended = 0;
    publisher.on('close', () => ended++);
    client.io.reconnection(false);
    client.io.engine.close();
    for (let i = 0; i < EVENTS; i++) io.emit('news', 'x'.repeat(EVENT_BYTES));
    await lab.settle();
    await limit(MOST_BYTES);
    client.connect();
    await lab.until('Redis ends the connection', () => ended >= ENDED_TIMES);
    const gotIn = client.connected;
    await limit(0);
    await lab.until('the client is back', () => client.connected);
    await lab.settle();
    return {
      isReproduced: ended >= ENDED_TIMES && !gotIn && client.recovered,
      evidence: `The client had missed ${EVENTS} events of ${EVENT_BYTES / 1000} kB. With a limit of ${MOST_BYTES / 1e6} MB, Redis ended the node's connection ${ended} times, and the client did not get in; without a limit it was ${client.recovered ? '' : 'not '}recovered, with ${heard - 1} events.`,
    };
  },
};
