import { expect, test } from 'vitest';
import { PeerTurns } from './peer-turns.ts';

test('everyone who is right has a turn, the others are left out', () => {
  const turns = new PeerTurns<string>();
  const all = ['a', 'b', 'c', 'd'];
  const isRight = (one: string) => one !== 'c';
  expect(all.concat(all).map(() => turns.next(all, isRight))).toEqual(['b', 'd', 'a', 'b', 'd', 'a', 'b', 'd']);
  expect(turns.next(all, () => false)).toBeUndefined();
  expect(turns.next([], isRight)).toBeUndefined();
});
