import { expect, test } from 'vitest';
import { allowance } from './rate-limit.ts';

test.each([
  { perSecond: 2, burst: 1, at: [0, 0, 0, 499, 500, 501], allowed: 'yynnyn' },
  { perSecond: 0.5, burst: 1, at: [0, 1000, 2000, 2001], allowed: 'ynyn' },
  { perSecond: 1, burst: 3, at: [0, 0, 0, 0, 1000], allowed: 'yyyny' },
  { perSecond: 0, burst: 1, at: [0, 0, 0, 0], allowed: 'yyyy' },
  { perSecond: 2, burst: 1, at: [0, 60_000, 60_000, 60_000], allowed: 'yyyn' },
])('$perSecond a second, burst $burst: $allowed', ({ perSecond, burst, at, allowed }) => {
  const isAllowed = allowance(perSecond, burst);
  expect(at.map((now) => (isAllowed(now) ? 'y' : 'n')).join('')).toBe(allowed);
});
