import type { UpstreamCase } from './upstream-case.ts';

export const case4880: UpstreamCase = {
  id: '4880',
  reference: 'socketio/socket.io#4880',
  url: 'https://github.com/socketio/socket.io/issues/4880',
  title: 'A client that returns before the server has noticed that it was gone',
  packages: ['socket.io', 'socket.io-client'],
  settings: 'connectionStateRecovery, in-memory adapter; the link falls silent, as where a phone changes its network',
  expected: 'A client that is back within maxDisconnectionDuration has its session again, and what it missed.',
  reported:
    'The session is kept only once the server has noticed (pingInterval + pingTimeout): until then it is not recovered, and what was sent is missed.',
  remedy: 'Lower pingInterval and pingTimeout, and let clients ask for what they missed by a number of their own.',
  fixedIn: null,
  here: { isReproduced: true },
  seconds: 2,
  show: async (lab) => {
    const { io, url } = await lab.server({ connectionStateRecovery: {} });
    const link = await lab.link(url);
    const client = await lab.client(link.url);
    const heard: unknown[] = [];
    client.on('news', (text) => heard.push(text));
    io.emit('news', 'before');
    await lab.until('the first event arrives', () => heard.length === 1);
    link.set({ kind: 'blackhole', touches: 'open' });
    io.emit('news', 'meanwhile');
    await lab.settle();
    await lab.reconnect(client);
    await lab.settle();
    const missed = !heard.includes('meanwhile');
    return {
      isReproduced: !client.recovered && missed,
      evidence: `The client was back at once; its session was ${client.recovered ? '' : 'not '}recovered, and what was sent meanwhile was ${missed ? 'missed' : 'received'}.`,
    };
  },
};
