import { expect, test } from 'vitest';
import { localClock } from './local-clock.ts';

const now = Date.parse('2026-11-26T12:30:00.000Z');

test.each([
  ['2026-11-26T12:29:30.000Z', 'just now'],
  ['2026-11-26T12:18:00.000Z', '12 min ago'],
  ['2026-11-26T11:30:01.000Z', '59 min ago'],
  ['2026-11-26T08:00:00.000Z', 'today 09:00'],
  ['2026-11-25T23:30:00.000Z', 'today 00:30'],
  ['2026-11-25T22:59:00.000Z', 'yesterday 23:59'],
  ['2026-11-24T23:00:00.000Z', 'yesterday 00:00'],
  ['2026-11-24T22:59:00.000Z', '24 Nov 23:59'],
  ['2025-12-31T23:00:00.000Z', '1 Jan 00:00'],
  ['2025-12-31T22:00:00.000Z', '31 Dec 2025'],
  ['2026-11-27T12:00:00.000Z', '27 Nov 13:00'],
  ['soon', 'soon'],
])('%s is %s', (at, words) => {
  expect(localClock(now, 'Europe/Berlin').ago(at)).toBe(words);
});

test('a moment is told to the second, with its zone', () => {
  expect(localClock(now, 'Asia/Tokyo').exactly('2026-07-01T12:00:05.000Z')).toBe('1 Jul 2026, 21:00:05 GMT+9');
  expect(localClock(now, 'UTC').exactly('2026-07-01T12:00:05.000Z')).toBe('1 Jul 2026, 12:00:05 UTC');
  expect(localClock(now, 'UTC').day('2026-07-01T12:00:05.000Z')).toBe('1 Jul');
});

test('the day before is yesterday also where the clocks were changed', () => {
  const night = localClock(Date.parse('2026-03-29T21:30:00.000Z'), 'Europe/Berlin');
  expect(night.ago('2026-03-28T12:00:00.000Z')).toBe('yesterday 13:00');
});
