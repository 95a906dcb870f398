import type { Socket } from 'socket.io';
import type { Message, Target } from './target.ts';

const EVERY = 10;
const AT = 5;

/** Holds back one message in ten of each sender until after the sender's next. Counts the deliveries `overtaken`. */
export const swaps: Target = (server) => {
  const said = new Map<Socket, number>();
  const held = new Map<Socket, Message>();
  return (message) => {
    const { sender } = message;
    const number = said.get(sender) ?? 0;
    said.set(sender, number + 1);
    message.acknowledge();
    if (number % EVERY === AT) return void held.set(sender, message);
    server.broadcast(message);
    const overtaken = held.get(sender);
    if (!overtaken) return;
    held.delete(sender);
    server.count('overtaken', overtaken.recipients.length);
    server.broadcast(overtaken);
  };
};
