import type { UpstreamCase } from './upstream-case.ts';

export const case5363: UpstreamCase = {
  number: '5363',
  repository: 'socketio/socket.io',
  title: 'What a client sent while its link was dead is not recovered',
  settings: 'connectionStateRecovery; the client sends over a link that is silent, then the server loses it',
  expected: 'Recovery brings back the session and what the server sent. It is easily taken for both directions.',
  reported: 'What the client sent is gone: it was handed over to a link, and is not buffered.',
  remedy: 'Set retries and ackTimeout in the client, with ids that let the server ignore what it has seen.',
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
