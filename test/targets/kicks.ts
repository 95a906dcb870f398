import type { Socket } from 'socket.io';
import { pick, randomOf } from '../../base/random.ts';
import type { RoomsServer } from './rooms-server.ts';
import type { Target } from './target.ts';

const EVERY = 25;
const KICKS = 5;
const HANG_UPS = 3;

/** Closes the connection of somebody at random at every 25th message, five times. Counts its `kicks`. */
export const kicks: Target = (server) => kicking(server, 'kicks', (socket) => socket.conn.close());

/**
 * As {@link kicks}, but tells somebody other than the sender to go: socket.io-client does not come back from that, and
 * there would be silence once the last talker had gone.
 */
export const expels: Target = (server) =>
  kicking(
    server,
    'expels',
    (socket) => socket.disconnect(),
    (socket, sender) => socket.id !== sender.id,
  );

/** Closes the sender's connection at every 25th message, three times, and forgets that message. Counts its `kicks`. */
export const hangsUp: Target = (server) => {
  let number = 0;
  return (message) => {
    if (++number % EVERY !== 0 || number > EVERY * HANG_UPS) {
      server.broadcast(message);
      return message.acknowledge();
    }
    server.count('kicks');
    server.disown(message);
    message.sender.conn.close();
  };
};

function kicking(
  server: RoomsServer,
  seed: string,
  kick: (socket: Socket) => void,
  mayGo: (socket: Socket, sender: Socket) => boolean = () => true,
): ReturnType<Target> {
  const random = randomOf(seed);
  let number = 0;
  return (message) => {
    server.broadcast(message);
    message.acknowledge();
    if (++number % EVERY !== 0 || number > EVERY * KICKS) return;
    server.count('kicks');
    const members = server.rooms.flatMap((room) => server.membersOf(room));
    kick(
      pick(
        members.filter((member) => mayGo(member, message.sender)),
        random,
      ),
    );
  };
}
