import { expect, test } from 'vitest';
import { AddressBudgets, Budget, TokenBucket } from './rate-limit.ts';

test.each([
  ['a burst of a second, then one a second each', 2, [0, 0, 0, 500, 999, 1000], [true, true, false, true, false, true]],
  ['less than one a second still lets the first in', 0.5, [0, 0, 1999, 2000], [true, false, false, true]],
  ['a clock that stands still or goes back gives nothing', 1, [1000, 1000, 0, 1000], [true, false, false, false]],
  ['0 is without limit', 0, [0, 0, 0, 0, 0], [true, true, true, true, true]],
])('%s', (_what, perSecond, times, expected) => {
  const bucket = new TokenBucket(perSecond);
  expect(times.map((now) => bucket.take(1, now))).toEqual(expected);
});

test('a budget is in messages and in bytes, and the largest message fits however low the rate is', () => {
  const budget = new Budget({ messages: 3, bytes: 100 }, 500);
  expect([500, 1].map((bytes) => budget.take(bytes, 0))).toEqual([true, false]);
  expect([100, 1].map((bytes) => budget.take(bytes, 1000))).toEqual([true, false]);
  expect([1, 1, 1, 1].map((bytes) => budget.take(bytes, 5000))).toEqual([true, true, true, false]);
});

test('everybody at an address has one budget, which outlives a reconnect and is forgotten once it is full again', () => {
  const budgets = new AddressBudgets(() => new Budget({ messages: 2, bytes: 0 }, 1));
  const [ana, ben] = [budgets.enter('192.0.2.1'), budgets.enter('192.0.2.1')];
  expect([ana.take(1, 0), ben.take(1, 0), ana.take(1, 0)]).toEqual([true, true, false]);
  expect(budgets.enter('192.0.2.2').take(1, 0)).toBe(true);
  budgets.leave('192.0.2.1', 0);
  budgets.leave('192.0.2.1', 0);
  expect(budgets.enter('192.0.2.1').take(1, 100)).toBe(false);
  budgets.leave('192.0.2.1', 100);
  budgets.leave('192.0.2.2', 100);
  budgets.leave('192.0.2.3', 100);
  budgets.sweep(9000);
  expect(budgets.size).toBe(2);
  budgets.sweep(10_100);
  expect(budgets.size).toBe(0);
});
