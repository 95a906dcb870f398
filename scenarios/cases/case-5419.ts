import type { UpstreamCase } from './upstream-case.ts';

export const case5419: UpstreamCase = {
  id: '5419',
  reference: 'socketio/socket.io#5419',
  url: 'https://github.com/socketio/socket.io/issues/5419',
  title: 'A second recovery delivers the same events again',
  packages: ['@socket.io/redis-streams-adapter', 'socket.io', 'socket.io-client'],
  settings: 'connectionStateRecovery, Redis streams adapter; the client is away twice, with no event in between',
  expected: 'A recovery delivers what was sent since the client left, and each event once.',
  reported:
    'Recovered events carry no offset: the next recovery starts where the last one did, and delivers them again.',
  remedy: 'Update @socket.io/redis-streams-adapter.',
  fixedIn: '@socket.io/redis-streams-adapter 0.2.3',
  here: {
    isReproduced: false,
    why: 'Fixed in @socket.io/redis-streams-adapter 0.2.3: recovered events carry their offset.',
  },
  seconds: 1,
  show: async (lab) => {
    const redis = await lab.redis();
    const { io, url } = await lab.node('redis-streams', redis.url, { connectionStateRecovery: {} });
    const client = await lab.client(url, { reconnection: false });
    const heard: unknown[] = [];
    client.on('news', (number) => heard.push(number));
    // Numbers: the client would take a string for an offset.
    io.emit('news', 1);
    await lab.until('the first event arrives', () => heard.length > 0);
    const recoveries: boolean[] = [];
    const times: number[] = [];
    for (const isFirst of [true, false]) {
      client.io.engine.close();
      await lab.until('the server notices', () => io.sockets.sockets.size === 0);
      if (isFirst) io.emit('news', 2);
      await lab.settle();
      client.connect();
      await lab.until('the client is back', () => client.connected);
      recoveries.push(client.recovered);
      times.push(heard.filter((number) => number === 2).length);
    }
    return {
      isReproduced: recoveries.every(Boolean) && times[0] === 1 && times[1] === 2,
      evidence: `The session was recovered on ${recoveries.filter(Boolean).length} of 2 returns; the event that was sent while the client was first away had been received ${times[0]}× after the first return, and ${times[1]}× after the second.`,
    };
  },
};
