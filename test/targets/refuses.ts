import type { Target } from './target.ts';

const EVERY = 10;

/**
 * Refuses one message in ten and broadcasts it all the same, by turns behind the refusal and before it. Counts the
 * deliveries `despite` a refusal.
 */
export const refuses: Target = (server) => {
  let number = 0;
  return (message) => {
    if (++number % EVERY !== 0) {
      server.broadcast(message);
      return message.acknowledge();
    }
    server.count('despite', message.recipients.length);
    const isRefusedFirst = number % (2 * EVERY) === 0;
    if (isRefusedFirst) message.refuse('no');
    server.broadcast(message);
    if (!isRefusedFirst) message.refuse('no');
  };
};
