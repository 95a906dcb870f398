import type { Socket } from 'socket.io';
import type { RoomsServer } from './rooms-server.ts';
import type { Message, Target } from './target.ts';

const DELAY_MS = 40;
const SHORT_MS = 1;
const LONG_MS = 100;
const EVERY = 50;

/** Holds every message back for 40 ms. Tells how long it really was, by delivery. */
export const delays: Target = (server) => {
  const holdBack = holdingBack(server);
  return (message) => holdBack(message, DELAY_MS);
};

/**
 * Holds one message in fifty back for 100 ms and the others for 1 ms. Tells how long it really was, by delivery, and
 * counts the deliveries `overtaken` by a later message of their sender.
 */
export const delaysSome: Target = (server) => {
  const holdBack = holdingBack(server);
  let number = 0;
  return (message) => holdBack(message, ++number % EVERY === 0 ? LONG_MS : SHORT_MS);
};

function holdingBack(server: RoomsServer): (message: Message, ms: number) => void {
  const latest = new Map<Socket, number>();
  return (message, ms) => {
    const cameAt = performance.now();
    message.acknowledge();
    setTimeout(() => {
      const delay = performance.now() - cameAt;
      for (const _ of message.recipients) server.truth.delays.push(delay);
      server.broadcast(message);
      if (cameAt < (latest.get(message.sender) ?? 0)) server.count('overtaken', message.recipients.length);
      else latest.set(message.sender, cameAt);
    }, ms);
  };
}
