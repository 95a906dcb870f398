import hdr from 'hdr-histogram-js';
import { expect, test } from 'vitest';
import { Histogram } from './histogram.ts';

function of(...values: number[]): Histogram {
  const histogram = new Histogram();
  for (const value of values) histogram.record(value);
  return histogram;
}

test('keeps milliseconds to three significant digits', () => {
  const histogram = of(...Array.from({ length: 1000 }, (_, i) => i + 1));
  for (const [percent, ms] of [
    [50, 500],
    [99, 990],
    [99.9, 999],
  ] as const) {
    expect(Math.abs(histogram.percentile(percent) / ms - 1)).toBeLessThan(0.002);
  }
  expect(histogram.count).toBe(1000);
  expect(histogram.mean).toBeCloseTo(500.5, 0);
});

test.each([
  [-5, 0],
  [0, 0],
  [0.001, 0.001],
  [3_600_000, 3_600_000],
  [9e12, 3_600_000],
])('records %d ms as %d', (ms, recorded) => {
  const { max } = of(ms);
  expect(Math.abs(max - recorded)).toBeLessThanOrEqual(recorded * 0.001);
});

test('is 0 everywhere when empty', () => {
  const { count, min, max, mean } = new Histogram();
  expect({ count, min, max, mean, p99: new Histogram().percentile(99) }).toEqual({
    count: 0,
    min: 0,
    max: 0,
    mean: 0,
    p99: 0,
  });
});

test('merges without loss through its encoding', () => {
  const merged = of(1, 20, 300);
  merged.addEncoded(of(4000, 0.5).encode());
  expect(merged.encode()).toBe(of(0.5, 1, 20, 300, 4000).encode());
});

test('throws at what is no encoding', () => {
  expect(() => new Histogram().addEncoded('hello')).toThrow();
});

test("has the library's own mean", () => {
  const histogram = of(...Array.from({ length: 300 }, (_, i) => 1.06 ** i / 100));
  const same = hdr.decodeFromCompressedBase64(histogram.encode(), 32, false);
  expect(histogram.mean).toBe(same.mean / 1000);
});
