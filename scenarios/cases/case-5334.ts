import type { UpstreamCase } from './upstream-case.ts';

const RETRIES = 3;

export const case5334: UpstreamCase = {
  id: '5334',
  reference: 'socketio/socket.io#5334',
  url: 'https://github.com/socketio/socket.io/issues/5334',
  title: 'A message with retries is received several times after a silence',
  packages: ['socket.io', 'socket.io-client'],
  settings: `client: retries: ${RETRIES}, ackTimeout: 300; the link is silent for a second, and nobody loses it`,
  expected: 'Retries deliver at least once: the server has to tell a message that it has seen.',
  reported: 'Every attempt that was made during the silence arrives once it is over.',
  remedy: 'Give each message an id of its own, and have the server ignore those that it has seen.',
  fixedIn: null,
  here: { isReproduced: true },
  seconds: 3,
  show: async (lab) => {
    const { io, url } = await lab.server();
    const received: unknown[] = [];
    io.on('connection', (socket) =>
      socket.on('order', (id, answer) => {
        received.push(id);
        answer('ok');
      }),
    );
    const link = await lab.link(url);
    const client = await lab.client(link.url, { retries: RETRIES, ackTimeout: 300 });
    const silence = link.set({ kind: 'blackhole' });
    client.emit('order', 1, () => {});
    await lab.settle(1000);
    silence.off();
    await lab.until('the order arrives', () => received.length > 0);
    await lab.settle(500);
    return {
      isReproduced: received.length > 1,
      evidence: `One order was sent with up to ${RETRIES} retries; the server received it ${received.length} times.`,
    };
  },
};
