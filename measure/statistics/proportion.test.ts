import { expect, test } from 'vitest';
import { proportionInterval } from './proportion.ts';

test('few cases leave much open, many little', () => {
  const few = proportionInterval(4, 8, 's')!;
  expect(few.low).toBeLessThan(0.26);
  expect(few.high).toBeGreaterThan(0.74);
  const many = proportionInterval(400, 800, 's')!;
  expect(many.low).toBeGreaterThan(0.45);
  expect(many.high).toBeLessThan(0.55);
});

test('all of a few is not certain; nothing says nothing', () => {
  expect(proportionInterval(5, 5, 's')!.low).toBeLessThan(1);
  expect(proportionInterval(0, 5, 's')!.high).toBeGreaterThan(0);
  expect(proportionInterval(0, 0, 's')).toBeNull();
});

test('the same seed draws the same', () => {
  expect(proportionInterval(3, 9, 's')).toEqual(proportionInterval(3, 9, 's'));
});
