import { expect, test } from 'vitest';
import { exitCode, worstExitCode } from './exit-codes.ts';
import { worstOutcome } from './verdict.ts';

test.each([
  [[], 'pass'],
  [['pass', 'pass'], 'pass'],
  [['pass', 'unknown'], 'unknown'],
  [['unknown', 'fail', 'pass'], 'fail'],
] as const)('%j together are %s', (outcomes, worst) => {
  expect(worstOutcome(outcomes.map((outcome) => ({ outcome })))).toBe(worst);
});

const breach = { gate: 'rate', offered: 2, achieved: 1 } as const;

test.each([
  ['pass', [], null, 0],
  ['fail', [], null, 99],
  ['unknown', [], null, 3],
  ['pass', [breach], null, 3],
  ['fail', [breach], null, 3],
  ['fail', [breach], 'SIGINT', 130],
  ['pass', [], 'SIGTERM', 143],
] as const)('%s with breaches %j, interrupted by %s: exit %i', (outcome, breaches, by, code) => {
  expect(exitCode({ outcome, breaches, thresholds: [] }, by)).toBe(code);
});

test.each([
  [[], 0],
  [[0, 99], 99],
  [[99, 3, 0], 3],
  [[3, 130], 130],
  [[130, 4], 4],
  [[4, 2], 2],
  [[2, 1], 1],
])('of %j the code %i wins', (codes, worst) => {
  expect(worstExitCode(codes)).toBe(worst);
});
