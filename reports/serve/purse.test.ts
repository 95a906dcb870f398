import { expect, test } from 'vitest';
import { Purse } from './purse.ts';

test('may be emptied at once, and then lets a twentieth of the time be spent', () => {
  const purse = new Purse(0);
  expect(purse.spend(400, 0)).toBe(0);
  expect(purse.spend(50, 1000)).toBe(0);
  expect(purse.spend(100, 2000)).toBe(1000);
  expect(purse.spend(0, 3000)).toBe(0);
});

test('holds no more than what may be spent at once', () => {
  const purse = new Purse(0);
  expect(purse.spend(500, 1_000_000)).toBe(2000);
});
