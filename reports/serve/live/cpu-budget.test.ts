import { expect, test } from 'vitest';
import { CpuBudget } from './cpu-budget.ts';

test('may be emptied at once, and then lets a twentieth of the time be spent', () => {
  const budget = new CpuBudget(0);
  expect(budget.spend(400, 0)).toBe(0);
  expect(budget.spend(50, 1000)).toBe(0);
  expect(budget.spend(100, 2000)).toBe(1000);
  expect(budget.spend(0, 3000)).toBe(0);
});

test('holds no more than what may be spent at once', () => {
  const budget = new CpuBudget(0);
  expect(budget.spend(500, 1_000_000)).toBe(2000);
});
