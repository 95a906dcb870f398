import { randomOf } from '../../base/random.ts';
import type { Target } from './target.ts';

/** Forgets one message in twenty, without a word. Counts `discarded` messages, and the deliveries they `owed`. */
export const discards: Target = (server) => {
  const random = randomOf('discards');
  return (message) => {
    if (random() < 1 / 20) {
      server.count('discarded');
      server.count('owed', message.recipients.length);
      return;
    }
    server.broadcast(message);
    message.acknowledge();
  };
};
