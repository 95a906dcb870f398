import type { Point } from 'chart.js';
import { array, assert, constant, integer, oneof, property } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nearestPoint, pointsOf, stackedPoints } from './points.ts';

const value = oneof(constant(null), integer({ min: 0, max: 9 }));
const series = array(value, { maxLength: 80 });

/** Three columns fit. */
const pixels = 12;

describe('the points of a series', () => {
  test('are all of them where they have room, in the middle of their seconds', () => {
    expect(pointsOf([5, null, 7], { from: -1, to: 9, pixels })).toEqual([
      { x: 0.5, y: 5 },
      { x: 1.5, y: null },
      { x: 2.5, y: 7 },
    ]);
    expect(pointsOf([5, null, 7], { from: 2, to: 3, pixels })).toEqual([{ x: 2.5, y: 7 }]);
  });

  test('of a column are its lowest and its highest, and a gap', () => {
    const values = [3, 1, 9, 4, 2, null, 2, 2, null, null, null, null];
    expect(pointsOf(values, { from: 0, to: 12, pixels })).toEqual([
      { x: 1.5, y: 1 },
      { x: 2.5, y: 9 },
      { x: 4.5, y: 2 },
      { x: 5.5, y: null },
      { x: 11.5, y: null },
    ]);
  });

  test('stand in order, keep lows, highs and gaps, and are no more than three of a column', () => {
    assert(
      property(series, integer({ min: 0, max: 80 }), integer({ min: 0, max: 80 }), (values, from, to) => {
        const points = pointsOf(values, { from, to, pixels });
        const seen = values.slice(from, to);
        expect(points.map(({ x }) => x)).toEqual(points.map(({ x }) => x).toSorted((a, b) => a! - b!));
        expect(points.every(({ x, y }) => values[x! - 0.5] === y)).toBe(true);
        expect(points.length).toBeLessThanOrEqual(3 * 4);
        expect(extremesOf(points.map(({ y }) => y))).toEqual(extremesOf(seen));
        expect(points.some(({ y }) => y === null)).toBe(seen.includes(null));
      }),
    );
  });

  test('stay where they are when the stretch moves by less than a column', () => {
    const values = Array.from({ length: 100 }, (_, i) => (i * 37) % 11);
    const inner = (from: number) =>
      pointsOf(values, { from, to: from + 60, pixels }).filter(({ x }) => x! > 40 && x! < 60);
    expect(inner(22)).toEqual(inner(21));
  });
});

describe('the points of stacked series', () => {
  test('stand at the same seconds: where most is otherwise', () => {
    const up = [4, 4, 4, 4, 4, 0, 4, 4, 4, 4, 4, 4];
    const down = up.map((n) => 4 - n);
    expect(stackedPoints([up, down], { from: 0, to: 12, pixels })).toEqual([
      [
        { x: 0.5, y: 4 },
        { x: 5.5, y: 0 },
        { x: 8.5, y: 4 },
      ],
      [
        { x: 0.5, y: 0 },
        { x: 5.5, y: 4 },
        { x: 8.5, y: 0 },
      ],
    ]);
  });

  test('are all of them where they have room', () => {
    expect(stackedPoints([[1, 2], [3]], { from: 0, to: 5, pixels })).toEqual([
      [
        { x: 0.5, y: 1 },
        { x: 1.5, y: 2 },
      ],
      [
        { x: 0.5, y: 3 },
        { x: 1.5, y: null },
      ],
    ]);
  });
});

test.each([
  [2.5, 1],
  [0, 0],
  [99, 3],
  [6, 1],
  [7.5, 3],
] as const)('the point with a value nearest to %d is number %d', (x, expected) => {
  const points: Point[] = [
    { x: 0.5, y: 1 },
    { x: 2.5, y: 1 },
    { x: 6.5, y: null },
    { x: 9.5, y: 2 },
  ];
  expect(nearestPoint(points, x)).toBe(expected);
  expect(nearestPoint([], x)).toBe(-1);
});

function extremesOf(values: readonly (number | null)[]): [number, number] {
  const found = values.filter((one) => one !== null);
  return [Math.min(...found), Math.max(...found)];
}
