import { randomOf } from '../../base/random.ts';
import type { Target } from './target.ts';

/** Drops one delivery in fifty, to any recipient. Counts `dropped` deliveries, and the messages they were of: `holed`. */
export const drops: Target = (server) => {
  const random = randomOf('drops');
  return ({ recipients, text, acknowledge }) => {
    const kept = recipients.filter(() => random() >= 1 / 50);
    for (const recipient of kept) server.deliver(recipient, text);
    server.count('dropped', recipients.length - kept.length);
    if (kept.length < recipients.length) server.count('holed');
    acknowledge();
  };
};
