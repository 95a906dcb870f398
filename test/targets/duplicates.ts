import { randomOf } from '../../base/random.ts';
import type { Target } from './target.ts';

const LATER_MS = 30;

/** Delivers one message in thirty twice to a recipient, at once or after later ones. Counts `duplicated` deliveries. */
export const duplicates: Target = (server) => {
  const random = randomOf('duplicates');
  return (message) => {
    server.broadcast(message);
    for (const recipient of message.recipients.filter(() => random() < 1 / 30)) {
      server.count('duplicated');
      if (random() < 0.5) server.deliver(recipient, message.text);
      else setTimeout(() => server.deliver(recipient, message.text), LATER_MS);
    }
    message.acknowledge();
  };
};
