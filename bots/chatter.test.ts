import { expect, test } from 'vitest';
import { randomOf } from '../base/random.ts';
import { chatter, nameOf } from './chatter.ts';

test('the same seed says the same, another something else', () => {
  const say = (seed: string) => {
    const random = randomOf(seed, 'chatter', 0);
    return Array.from({ length: 50 }, () => chatter(random));
  };
  expect(say('a')).toEqual(say('a'));
  expect(say('a')).not.toEqual(say('b'));
  expect(new Set(say('a')).size).toBeGreaterThan(20);
});

test('no line holds what HTML or JSON would escape', () => {
  const random = randomOf('all');
  for (let i = 0; i < 2000; i++) expect(chatter(random)).toMatch(/^[a-zA-Z ,.?!]+$/);
});

test('names are different for every bot', () => {
  expect(new Set(Array.from({ length: 200 }, (_, bot) => nameOf(bot))).size).toBe(200);
});
