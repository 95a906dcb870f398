import { expect, test } from 'vitest';
import { steadinessOf } from './steadiness.ts';

const ramp = (from: number, to: number, seconds = 30) =>
  Array.from({ length: seconds }, (_, i) => from + ((to - from) * i) / seconds);
const noisy = (middle: number, spread: number, seconds = 30) =>
  Array.from({ length: seconds }, (_, i) => middle + (((i * 7919) % 100) / 100 - 0.5) * spread);

test.each<[string, (number | null)[], boolean]>([
  ['a flat line', noisy(5, 0.5), true],
  ['a noisy line', noisy(5, 4), true],
  ['a falling line', ramp(20, 5), false],
  ['a rising line', ramp(5, 20), false],
  ['a line that moves by less than a millisecond', ramp(1, 1.9), true],
  ['a line that moves by less than a quarter', ramp(100, 115), true],
  ['a single spike at the end', [...noisy(5, 0.5, 29), 500], true],
  ['a falling line with holes', ramp(20, 5).map((value, i) => (i % 2 ? value : null)), false],
])('%s', (_, series, steady) => {
  expect(steadinessOf(series)?.steady).toBe(steady);
});

test.each([[[]], [[1, 2, 3, 4, 5, 6, 7, 8]], [Array<null>(30).fill(null)]])(
  'too few seconds cannot tell: %j',
  (series) => {
    expect(steadinessOf(series)).toBeUndefined();
  },
);
