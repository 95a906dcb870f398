import { describe, expect, test } from 'vitest';
import { mannWhitney, pairsToCut } from './mann-whitney.ts';

const upTo = (n: number, value: (i: number) => number) => Array.from({ length: n }, (_, i) => value(i));

describe('the test of Mann and Whitney', () => {
  test.each<[string, number[], number[], number]>([
    ['three against three, apart', [0, 1, 2], [10, 11, 12], 0.1],
    ['four against four, apart', [0, 1, 2, 3], [10, 11, 12, 13], 2 / 70],
    ['five against five, apart', [0, 1, 2, 3, 4], [10, 11, 12, 13, 14], 2 / 252],
    ['five against five, U = 2', [1, 2, 3, 4, 7], [5, 6, 8, 9, 10], 8 / 252],
    ['five against five, U = 3', [1, 2, 3, 5, 7], [4, 6, 8, 9, 10], 14 / 252],
    ["SciPy's example of ages", [19, 22, 16, 29, 24], [20, 11, 17, 12], 1 / 9],
    [
      "R's example of permeability",
      [0.8, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46],
      [1.15, 0.88, 0.9, 0.74, 1.21],
      0.2544122544,
    ],
  ])('is exact without ties: %s', (_, a, b, p) => {
    expect(mannWhitney(a, b)?.p).toBeCloseTo(p, 9);
    expect(mannWhitney(b, a)?.p).toBeCloseTo(p, 9);
  });

  test.each<[number[], number[], number]>([
    [[1, 1, 2, 3], [3, 4, 4, 5], 0.0571428571],
    [[1, 2, 2, 3, 5], [2, 4, 4, 6, 7], 0.1428571429],
    [[0, 0, 0, 0, 1], [0, 0, 2, 3, 1], 0.2857142857],
    [[1, 1, 1, 1], [1, 1, 1, 1], 1],
  ])('is exact with ties: %j against %j, as by trying every permutation', (a, b, p) => {
    expect(mannWhitney(a, b)?.p).toBeCloseTo(p, 9);
  });

  test.each<[string, number[], number[], number]>([
    ['without ties', upTo(30, (i) => i), upTo(30, (i) => i + 5.5), 0.0270863184],
    ['with ties', upTo(30, (i) => i % 7), upTo(28, (i) => (i % 7) + (i % 3)), 0.0607917027],
    ['all equal', upTo(30, () => 1), upTo(30, () => 1), 1],
  ])('approximates many values as SciPy does, %s', (_, a, b, p) => {
    expect(mannWhitney(a, b)?.p).toBeCloseTo(p, 6);
  });

  test('says which set lies above', () => {
    expect(mannWhitney([1, 2], [3, 4])?.above).toBe(1);
    expect(mannWhitney([3, 4], [1, 2])?.above).toBe(0);
    expect(mannWhitney([1, 2], [1, 2])?.above).toBe(0.5);
  });

  test('has nothing to say of nothing', () => {
    expect(mannWhitney([], [1])).toBeNull();
    expect(mannWhitney([1], [])).toBeNull();
  });
});

describe('the pairs that the interval leaves out', () => {
  // Critical values of U for a two-sided 5 %, as printed in textbooks, plus one.
  test.each([
    [3, 3, undefined],
    [4, 4, 1],
    [5, 5, 3],
    [5, 8, 7],
    [10, 10, 24],
    [20, 20, 128],
    [30, 30, 317], // by the approximation; exact would be 318
  ])('%d against %d: %s', (m, n, cut) => {
    expect(pairsToCut(m, n, 0.05)).toBe(cut);
  });
});
