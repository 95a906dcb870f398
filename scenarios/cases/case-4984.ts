import type { Server } from 'socket.io';
import type { UpstreamCase } from './upstream-case.ts';

const BROADCASTS = 5;
const TIMEOUT_MS = 50;

export const case4984: UpstreamCase = {
  id: '4984',
  reference: 'socketio/socket.io#4984',
  url: 'https://github.com/socketio/socket.io/issues/4984',
  title: 'Broadcasts that are not acknowledged leave their callbacks in memory',
  packages: ['socket.io', 'socket.io-adapter', '@socket.io/redis-adapter'],
  settings: `two nodes with the Redis adapter; timeout(${TIMEOUT_MS}).emitWithAck() to all, and no client answers`,
  expected: 'Nothing of a broadcast is left in memory once its timeout has passed.',
  reported:
    'Every broadcast leaves a callback for each client that did not answer, for as long as that client is connected. Newer versions remove them on the node that sent; the other nodes still keep theirs.',
  remedy: 'Have every client answer every broadcast that asks for it, or broadcast without acknowledgement.',
  fixedIn: null,
  here: { isReproduced: true },
  seconds: 1,
  show: async (lab) => {
    const redis = await lab.redis();
    const sender = await lab.node('redis-pubsub', redis.url);
    const other = await lab.node('redis-pubsub', redis.url);
    let isHeard = false;
    let received = 0;
    for (const { url } of [sender, other]) {
      const client = await lab.client(url);
      client.on('question', () => received++);
      client.on('hello', () => {
        isHeard = url === other.url;
      });
    }
    // A node hears the other one only once it has subscribed.
    await lab.until('a broadcast reaches the other node', () => sender.io.emit('hello') && isHeard);
    let timeouts = 0;
    for (let sent = 0; sent < BROADCASTS; sent++) {
      const asked = sender.io.timeout(TIMEOUT_MS).emitWithAck('question');
      await asked.catch(() => timeouts++);
    }
    await lab.until('both clients have every broadcast', () => received === 2 * BROADCASTS);
    const [here, there] = [callbacks(sender.io), callbacks(other.io)];
    return {
      isReproduced: timeouts === BROADCASTS && there === BROADCASTS,
      evidence: `${timeouts} of ${BROADCASTS} broadcasts to two clients timed out; ${here} of their callbacks were left on the node that sent them, and ${there} on the other.`,
    };
  },
};

/** How many callbacks the clients of a node are waited for with. */
function callbacks(io: Server): number {
  const sockets = [...io.sockets.sockets.values()] as unknown as { readonly acks: ReadonlyMap<number, unknown> }[];
  return sockets.reduce((sum, { acks }) => sum + acks.size, 0);
}
