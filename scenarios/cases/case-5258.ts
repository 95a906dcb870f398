import type { UpstreamCase } from './upstream-case.ts';

export const case5258: UpstreamCase = {
  id: '5258',
  reference: 'socketio/socket.io#5258',
  url: 'https://github.com/socketio/socket.io/issues/5258',
  title: 'The first message of a connect handler is sent twice with retries',
  packages: ['socket.io-client'],
  settings: "client: retries: 2, ackTimeout: 3000; two messages are sent in its handler of 'connect'",
  expected: 'A message that is acknowledged at once is sent once.',
  reported: 'The first message arrives twice, the second once: the queue is sent again after the handler.',
  remedy: 'Update socket.io-client, or give each message an id and have the server ignore those that it has seen.',
  fixedIn: 'socket.io-client 4.8.2',
  here: { isReproduced: false, why: "Fixed in socket.io-client 4.8.2: the queue is sent before 'connect' is emitted." },
  seconds: 1,
  show: async (lab) => {
    const { io, url } = await lab.server();
    const received: unknown[] = [];
    io.on('connection', (socket) =>
      socket.on('say', (text, answer) => {
        received.push(text);
        answer();
      }),
    );
    const client = await lab.client(url, { retries: 2, ackTimeout: 3000 });
    client.on('connect', () => {
      client.emit('say', 'hello');
      client.emit('say', 'bye');
    });
    await lab.reconnect(client);
    await lab.until('the second message arrives', () => received.includes('bye'));
    await lab.settle();
    return {
      isReproduced: received.filter((text) => text === 'hello').length > 1,
      evidence: `The client sent hello and bye as it connected; the server received ${received.join(', ')}.`,
    };
  },
};
