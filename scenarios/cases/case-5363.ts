import type { UpstreamCase } from './upstream-case.ts';

export const case5363: UpstreamCase = {
  id: '5363',
  reference: 'socketio/socket.io#5363',
  url: 'https://github.com/socketio/socket.io/issues/5363',
  title: 'What a client sent while its link was dead is not recovered',
  packages: ['socket.io', 'socket.io-client'],
  settings: 'connectionStateRecovery; the client sends over a link that is silent, then the server loses it',
  expected: 'Recovery brings back the session and what the server sent. It is easily taken for both directions.',
  reported: 'What the client sent is gone: it was handed over to a link, and is not buffered.',
  remedy: 'Set retries and ackTimeout in the client, with ids that let the server ignore what it has seen.',
  fixedIn: null,
  here: { isReproduced: true },
  seconds: 2,
  show: async (lab) => {
    const { io, url } = await lab.server({ connectionStateRecovery: {} });
    const received: unknown[] = [];
    io.on('connection', (socket) => {
      socket.on('say', (text) => received.push(text));
      socket.emit('hello');
    });
    const link = await lab.link(url);
    const client = await lab.client(link.url);
    client.emit('say', 'before');
    await lab.until('the first message arrives', () => received.length === 1);
    const [session] = [...io.sockets.sockets.values()];
    link.set({ kind: 'blackhole', touches: 'open' });
    client.emit('say', 'meanwhile');
    await lab.settle();
    // The server notices, as it does by its heartbeat.
    session?.conn.close();
    await lab.settle();
    await lab.reconnect(client);
    client.emit('say', 'after');
    await lab.until('what is said later arrives', () => received.includes('after'));
    return {
      isReproduced: client.recovered && !received.includes('meanwhile'),
      evidence: `The session was ${client.recovered ? '' : 'not '}recovered; of what the client said, the server received ${received.join(', ')}.`,
    };
  },
};
