import type { Socket } from 'socket.io-client';
import { type Answer, everyone, type Members, type Presence } from './protocol.ts';
import type { Room } from './room.ts';

/**
 * Keeps the people of the open room right, by asking the server whenever somebody came or went: at once, and then at most
 * twice a second, however many do. Joining answers with the first list. Gives the function that asks.
 */
export function keepRoster(socket: Socket, open: () => Room | undefined, tell: () => void): () => void {
  let isBusy = false;
  let isAgain = false;
  const rest = () => {
    isBusy = false;
    if (isAgain) ask();
  };
  const ask = () => {
    const room = open();
    isAgain = isBusy;
    if (isBusy || !socket.connected || !room?.joined || room.key === everyone) return;
    isBusy = true;
    socket.timeout(5000).emit('presence', { room: room.key }, (error: Error | null, answer?: Answer<Members>) => {
      if (!error && answer?.ok) {
        room.people = answer.members;
        room.members = answer.count;
        tell();
      } else isAgain = true;
      setTimeout(rest, restMs);
    });
  };
  for (const event of ['joined', 'left', 'crowd']) {
    socket.on(event, ({ room }: Presence) => {
      if (room === open()?.key) ask();
    });
  }
  return ask;
}

const restMs = 500;
