import { expect, test } from 'vitest';
import { clockOffset } from './clock-offset.ts';

test('the quickest round trip tells the offset, within half of its length', () => {
  const trips = [
    { askedAt: 100, theirs: 1180, answeredAt: 140 },
    { askedAt: 200, theirs: 1251, answeredAt: 204 },
    { askedAt: 300, theirs: 1330, answeredAt: 390 },
  ];
  expect(clockOffset(trips)).toEqual({ offsetMs: 1049, boundMs: 2 });
  expect(clockOffset([])).toBeUndefined();
});

test('whatever the way there and back takes, the true offset lies within the bound', () => {
  const TRUE_OFFSET = -5000;
  for (const [there, back] of [
    [1, 1],
    [0, 7],
    [9, 0],
    [3, 4],
  ] as const) {
    const { offsetMs, boundMs } = clockOffset([
      { askedAt: 10, theirs: 10 + there + TRUE_OFFSET, answeredAt: 10 + there + back },
    ])!;
    expect(Math.abs(offsetMs - TRUE_OFFSET)).toBeLessThanOrEqual(boundMs);
  }
});
