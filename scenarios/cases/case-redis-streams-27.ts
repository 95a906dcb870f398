import type { UpstreamCase } from './upstream-case.ts';

const BUS = 'case-27';

export const caseRedisStreams27: UpstreamCase = {
  id: 'redis-streams-27',
  reference: 'socketio/socket.io-redis-streams-adapter#27',
  url: 'https://github.com/socketio/socket.io-redis-streams-adapter/issues/27',
  title: 'No recovery on another node after a node has crashed',
  packages: ['@socket.io/redis-streams-adapter', 'socket.io', 'socket.io-client'],
  settings: 'connectionStateRecovery, Redis Streams adapter, two nodes; the process of one is killed',
  expected: 'Sessions are in Redis: a client of a node that is gone has its session again on another.',
  reported:
    'When a node goes down, its clients get new sessions on the others. They are recovered only where the client closes the connection.',
  remedy:
    'Shut nodes down with io.close(), which stores their sessions. After a crash, let clients ask for what they missed.',
  fixedIn: null,
  here: { isReproduced: true },
  seconds: 1,
  show: async (lab) => {
    const redis = await lab.redis();
    const settings = { connectionStateRecovery: {} };
    const names = { streamName: BUS, channelPrefix: BUS, sessionKeyPrefix: `${BUS}:session:` };
    const other = await lab.node('redis-streams', redis.url, settings, names);
    const node = await lab.chat({ adapter: 'redis-streams', redis: redis.url, busName: BUS, stateRecovery: true });
    const clients = [await lab.client(node.url), await lab.client(node.url)] as const;
    const heard = new Set<number>();
    clients.forEach((client, i) => client.on('chat message', () => heard.add(i)));
    clients[0].emit('chat message', 'hello');
    await lab.until('both clients have received an event', () => heard.size === clients.length);
    for (const client of clients) Object.assign(client.io, { uri: other.url });
    const [leaver, left] = clients;
    await lab.reconnect(leaver);
    await node.stop('SIGKILL');
    await lab.until('the client has lost its node', () => !left.connected);
    await lab.until('the client is on the other node', () => left.connected);
    const [closed, crashed] = [leaver, left].map(({ recovered }) => (recovered ? 'recovered' : 'not recovered'));
    return {
      isReproduced: leaver.recovered && !left.recovered,
      evidence: `On the other node, a client that had closed its connection was ${closed}; one whose node was killed was ${crashed}.`,
    };
  },
};
