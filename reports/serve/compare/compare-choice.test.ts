import { expect, test } from 'vitest';
import { compareChoice } from './compare-choice.ts';

test.each([
  [{ run: ['a', 'b'] }, { kind: 'pair', runs: ['a', 'b'] }],
  [{ base: ['a', 'b'] }, { kind: 'pair', runs: ['a', 'b'] }],
  [{ new: ['a', 'b'] }, { kind: 'pair', runs: ['a', 'b'] }],
  [
    { base: 'a', new: 'b' },
    { kind: 'sides', base: ['a'], next: ['b'] },
  ],
  [
    { base: ['a', 'b', 'a'], new: ['c'] },
    { kind: 'sides', base: ['a', 'b'], next: ['c'] },
  ],
  [{}, { kind: 'none' }],
  [{ run: 'a' }, { kind: 'none' }],
  [{ run: ['a', 'a'] }, { kind: 'none' }],
  [{ run: ['a', 'b', 'c'] }, { kind: 'none' }],
  [{ base: ['a', 'b', 'c'] }, { kind: 'none' }],
  [{ base: 'a', run: 'b' }, { kind: 'none' }],
  [{ base: Array.from({ length: 81 }, (_, i) => `${i}`), new: 'x' }, { kind: 'none' }],
])('%j', (query, choice) => {
  expect(compareChoice(query)).toMatchObject(choice);
});
