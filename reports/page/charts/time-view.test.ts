import { expect, test } from 'vitest';
import { hashOf, placeOf } from '../frame/url-hash.ts';
import { scaled, shownOf, TimeView } from './time-view.ts';

test.each([
  ['', null, null],
  ['#t=12-30', null, { from: 12, to: 30 }],
  ['#tab=2&t=0-5', '2', { from: 0, to: 5 }],
  ['#tab=2', '2', null],
  ['#t=30-12', null, null],
  ['#t=12-12', null, null],
  ['#t=-3-4', null, null],
  ['#t=1e9-2e9', null, null],
  ['#latency', null, null],
] as const)('the address %o', (hash, tab, stretch) => {
  expect(placeOf(hash)).toEqual({ tab, stretch });
  if (tab !== null || stretch !== null) expect(placeOf(hashOf({ tab, stretch }))).toEqual({ tab, stretch });
});

test.each([
  [null, { from: 0, to: 60 }],
  [
    { from: 12, to: 30 },
    { from: 12, to: 30 },
  ],
  [
    { from: 12, to: 90 },
    { from: 12, to: 60 },
  ],
  [
    { from: 70, to: 90 },
    { from: 0, to: 60 },
  ],
])('of a run of a minute, %o is shown as %o', (stretch, shown) => {
  expect(shownOf(stretch, 60)).toEqual(shown);
});

test.each([
  ['in, in the middle', { from: 0, to: 60 }, 30, 0.5, { from: 15, to: 45 }],
  ['in, at the beginning', { from: 0, to: 60 }, 0.5, 0.5, { from: 0, to: 30 }],
  ['in, as far as it goes', { from: 10, to: 12 }, 11, 0.5, { from: 10, to: 12 }],
  ['out, at the end', { from: 40, to: 60 }, 59, 2, { from: 20, to: 60 }],
  ['out, to all of it', { from: 10, to: 50 }, 30, 2, null],
] as const)('zooms %s', (_, shown, around, factor, expected) => {
  expect(scaled(shown, around, factor, 60)).toEqual(expected);
});

test('tells of each change once', () => {
  const time = new TimeView();
  let told = 0;
  const stop = time.watch(() => told++);
  time.zoom({ from: 1.4, to: 5.2 });
  time.zoom({ from: 1, to: 6 });
  expect(time.stretch).toEqual({ from: 1, to: 6 });
  time.point(3);
  time.point(3);
  stop();
  time.zoom(null);
  expect(told).toBe(2);
});
