import { expect, test } from 'vitest';
import { type SearchPlan, type SeenWindow, searchAfter } from './capacity-search.ts';
import { secondsLeft } from './expected-time.ts';

const plan: SearchPlan = {
  ...{ from: 100, most: 20_000, unit: 20, precision: 1.1, good: 0.9, confidence: 0.95, until: 2000 },
};

test('what is told at the beginning is about what it takes, and it comes to nothing in the end', () => {
  const seen: SeenWindow[] = [];
  const told = secondsLeft(plan, 5, seen);
  for (let state = searchAfter(plan, seen); 'next' in state; state = searchAfter(plan, seen)) {
    expect(secondsLeft(plan, 5, seen)).toBeGreaterThan(0);
    seen.push({ ...state.next, held: state.next.level <= 2000, to: 5 * (seen.length + 1) });
  }
  const took = seen.length * 5;
  expect(told).toBeGreaterThan(took * 0.7);
  expect(told).toBeLessThan(took * 1.8);
  expect(secondsLeft(plan, 5, seen)).toBe(0);
});

test('without end a search is not promised', () => {
  expect(secondsLeft({ ...plan, until: 50 }, 5, [])).toBeLessThanOrEqual(60);
});
