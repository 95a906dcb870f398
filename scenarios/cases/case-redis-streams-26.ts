import type { Socket } from 'socket.io-client';
import type { UpstreamCase } from './upstream-case.ts';

/** How long the first node's commands take to reach Redis: longer than a client needs to connect again. */
const LATE_MS = 1000;

export const caseRedisStreams26: UpstreamCase = {
  id: 'redis-streams-26',
  reference: 'socketio/socket.io-redis-streams-adapter#26',
  url: 'https://github.com/socketio/socket.io-redis-streams-adapter/issues/26',
  title: 'A client that reconnects before its session is in Redis is not recovered',
  packages: ['@socket.io/redis-streams-adapter', 'socket.io', 'socket.io-client'],
  settings: `connectionStateRecovery, Redis Streams adapter, two nodes; the first reaches Redis with a delay of ${LATE_MS / 1000} s`,
  expected: 'A client that is back within maxDisconnectionDuration has its session again.',
  reported:
    'A client that reconnects right after engine.close() is recovered only some of the time. The session may not be stored in Redis by then; with a pause before the reconnection it is.',
  remedy: 'Handle recovered: false, and keep reconnectionDelay well above the round trip from a node to Redis.',
  fixedIn: null,
  here: { isReproduced: true },
  seconds: 1,
  show: async (lab) => {
    const redis = await lab.redis();
    const link = await lab.link(redis.url);
    const settings = { connectionStateRecovery: {} };
    const first = await lab.node('redis-streams', link.url.replace('http:', 'redis:'), settings);
    const second = await lab.node('redis-streams', redis.url, settings);
    const clients = [await lab.client(first.url), await lab.client(first.url)] as const;
    const [hasty, patient] = clients;
    let greeted = 0;
    for (const client of clients) client.on('hello', () => greeted++);
    first.io.emit('hello');
    await lab.until('both clients are greeted', () => greeted === clients.length);

    const leave = (client: Socket) => {
      client.io.reconnection(false);
      client.io.engine.close();
      Object.assign(client.io, { uri: second.url });
    };
    const enter = async (client: Socket) => {
      client.connect();
      await lab.until('the client is back', () => client.connected);
    };
    leave(patient);
    await lab.settle();
    await enter(patient);
    link.set({ kind: 'latency', delay: LATE_MS, direction: 'up' });
    leave(hasty);
    const leftAt = performance.now();
    await enter(hasty);
    const away = performance.now() - leftAt;
    const [soon, later] = [hasty, patient].map(({ recovered }) => (recovered ? 'recovered' : 'not recovered'));
    return {
      isReproduced: !hasty.recovered && patient.recovered,
      evidence: `A client that was back after ${Math.round(away)} ms, before its session was in Redis, was ${soon}; one that came back after its session was stored was ${later}.`,
    };
  },
};
