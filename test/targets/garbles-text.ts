import { randomOf } from '../../base/random.ts';
import { garbled, tokenAt } from './garbled.ts';
import type { Target } from './target.ts';

/** Changes a character before the token in one delivery in twenty. Counts `garbled` deliveries. */
export const garblesText: Target = (server) => {
  const random = randomOf('garbles text');
  return ({ recipients, text, acknowledge }) => {
    for (const recipient of recipients) {
      const isGarbled = random() < 1 / 20;
      if (isGarbled) server.count('garbled');
      server.deliver(recipient, isGarbled ? garbled(text, Math.floor(random() * tokenAt(text)), random) : text);
    }
    acknowledge();
  };
};
