import type { UpstreamCase } from './upstream-case.ts';

const SOON_MS = 1000;
const LATE_MS = 12_000;

export const caseRedisStreams48: UpstreamCase = {
  id: 'redis-streams-48',
  reference: 'socketio/socket.io-redis-streams-adapter#48',
  url: 'https://github.com/socketio/socket.io-redis-streams-adapter/issues/48',
  title: 'No recovery of a client that has been connected for more than about ten seconds',
  packages: ['@socket.io/redis-streams-adapter', 'socket.io', 'socket.io-client'],
  settings: 'connectionStateRecovery, Redis Streams adapter, pingInterval: 10_000, pingTimeout: 5_000',
  expected: 'How long a client was connected does not matter for its recovery.',
  reported:
    'A client that closes its connection 1 s after it has connected is recovered; one that does so more than about 10 s after is not.',
  remedy: null,
  fixedIn: null,
  here: {
    isReproduced: false,
    why: 'Tried with the settings of the report, with ioredis 6.0.0 and with redis 5.12.1: both clients are recovered if they have received an event, and neither is if they have not (socketio/socket.io#5538).',
  },
  seconds: 13,
  show: async (lab) => {
    const redis = await lab.redis();
    const { io, url } = await lab.node('redis-streams', redis.url, {
      connectionStateRecovery: { maxDisconnectionDuration: 120_000 },
      pingInterval: 10_000,
      pingTimeout: 5000,
    });
    const clients = [await lab.client(url), await lab.client(url)] as const;
    const [soon, late] = clients;
    let greeted = 0;
    for (const client of clients) client.on('hello', () => greeted++);
    io.emit('hello');
    await lab.until('both clients are greeted', () => greeted === clients.length);
    await lab.settle(SOON_MS);
    await lab.reconnect(soon);
    await lab.settle(LATE_MS - SOON_MS);
    await lab.reconnect(late);
    const [first, second] = clients.map(({ recovered }) => (recovered ? 'recovered' : 'not recovered'));
    return {
      isReproduced: soon.recovered && !late.recovered,
      evidence: `A client that closed its connection after ${SOON_MS / 1000} s was ${first}; one that did so after ${LATE_MS / 1000} s was ${second}.`,
    };
  },
};
