import { expect, test } from 'vitest';
import { formatDuration } from './format-duration.ts';

test.each([
  [0.04, '0.0 ms'],
  [9.94, '9.9 ms'],
  [9.96, '10 ms'],
  [999.4, '999 ms'],
  [999.6, '1.0 s'],
  [9940, '9.9 s'],
  [9960, '10 s'],
  [75_000, '75 s'],
])('%d ms reads %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text);
});
