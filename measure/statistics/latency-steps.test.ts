import { expect, test } from 'vitest';
import { latencyStepOf, latencyStepStart } from './latency-steps.ts';

test.each([
  [0, 0],
  [0.09, 0],
  [0.1, 0],
  [0.99, 9],
  [1, 10],
  [9.9, 19],
  [250, 33],
  [60_000, 57],
])('%d ms lie in step %d', (ms, step) => {
  expect(latencyStepOf(ms)).toBe(step);
  if (ms >= 0.1) expect(latencyStepStart(step)).toBeLessThanOrEqual(ms * 1.0001);
  expect(latencyStepStart(step + 1)).toBeGreaterThan(ms);
});
