import { randomOf } from '../../base/random.ts';
import { garbled, tokenAt } from './garbled.ts';
import type { Target } from './target.ts';

/**
 * Changes a character of the token in one delivery in eight: its first one, then its second one, and so on, round and
 * round. Counts `garbled` deliveries, the messages they were of as `holed`, and how often it went `round` the token.
 */
export const garblesTokens: Target = (server) => {
  const random = randomOf('garbles tokens');
  let at = 0;
  return ({ recipients, text, acknowledge }) => {
    const start = tokenAt(text);
    let isHoled = false;
    for (const recipient of recipients) {
      if (random() >= 1 / 8) {
        server.deliver(recipient, text);
        continue;
      }
      server.count('garbled');
      isHoled = true;
      if (start + at >= text.length) {
        at = 0;
        server.count('round');
      }
      server.deliver(recipient, garbled(text, start + at++, random));
    }
    if (isHoled) server.count('holed');
    acknowledge();
  };
};
