import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Histogram } from '../../measure/metrics/histogram.ts';
import { exponentialOf } from './exponential-histogram.ts';

test('each sample is in the bucket whose bounds it lies between, and there are no more than 160', () => {
  const samples = fc.array(
    fc.oneof(fc.double({ min: 0.001, max: 10, noNaN: true }), fc.integer({ min: 0, max: 3_600_000 })),
    {
      minLength: 1,
      maxLength: 200,
    },
  );
  fc.assert(
    fc.property(samples, (all) => {
      const histogram = new Histogram();
      for (const ms of all) histogram.record(ms);
      const { scale, zeroCount, offset, bucketCounts } = exponentialOf(histogram);
      expect(bucketCounts.length).toBeLessThanOrEqual(160);
      expect(zeroCount + bucketCounts.reduce((sum, count) => sum + count, 0)).toBe(all.length);
      const base = 2 ** (2 ** -scale);
      // Of what is below a bound, in the histogram of ours: to its own three digits.
      let below = zeroCount;
      bucketCounts.forEach((count, at) => {
        below += count;
        const bound = base ** (offset + at + 1);
        expect(all.filter((ms) => ms <= bound * 1.001 + 0.0005).length).toBeGreaterThanOrEqual(below);
        expect(all.filter((ms) => ms <= bound * 0.999 - 0.0005).length).toBeLessThanOrEqual(below);
      });
    }),
    { seed: 1, numRuns: 200 },
  );
});

test('of nothing there is nothing', () => {
  expect(exponentialOf(new Histogram())).toEqual({ scale: 0, zeroCount: 0, offset: 0, bucketCounts: [] });
});
