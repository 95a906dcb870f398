import { describe, expect, test } from 'vitest';
import { randomOf } from '../../base/random.ts';
import { Histogram } from '../metrics/histogram.ts';
import { type Block, bootstrap, FEWEST_BLOCKS } from './bootstrap.ts';
import { quantileOfSorted } from './quantile.ts';

/** Latencies 10·e^(normal) ms: the median is 10 ms, the 99th percentile 10·e^2.326 = 102.4 ms. */
const MEDIAN = 10;
const P99 = 10 * Math.exp(2.3263);
const RATIO = 0.95;

function blocksOf(count: number, random: () => number, pairs = 40): Block[] {
  return Array.from({ length: count }, () => {
    const latency = new Histogram();
    for (let i = 0; i < pairs; i++) if (random() < RATIO) latency.record(MEDIAN * Math.exp(normal(random)));
    return { expected: pairs, delivered: latency.count, latency };
  });
}

function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

test('covers what is true in about 95 of 100 trials', () => {
  const random = randomOf('coverage');
  const truth = { 'broadcast.latency.p50': MEDIAN, 'broadcast.latency.p99': P99, 'delivery.ratio': RATIO };
  const covered = { 'broadcast.latency.p50': 0, 'broadcast.latency.p99': 0, 'delivery.ratio': 0 };
  const trials = 200;
  for (let trial = 0; trial < trials; trial++) {
    const intervals = bootstrap(blocksOf(60, random), `trial ${trial}`);
    for (const [key, value] of Object.entries(truth) as [keyof typeof truth, number][]) {
      const { low, high } = intervals[key]!;
      if (low <= value && value <= high) covered[key]++;
    }
  }
  for (const [key, count] of Object.entries(covered)) {
    expect(count / trials, key).toBeGreaterThan(0.9);
    expect(count / trials, key).toBeLessThan(0.99);
  }
});

describe('the bootstrap', () => {
  const blocks = blocksOf(60, randomOf('blocks'));

  test('gives the same for the same seed, and almost the same for another', () => {
    const once = bootstrap(blocks, 'a');
    expect(bootstrap(blocks, 'a')).toEqual(once);
    const other = bootstrap(blocks, 'b');
    expect(other).not.toEqual(once);
    expect(other['broadcast.latency.p50']!.low / once['broadcast.latency.p50']!.low).toBeCloseTo(1, 1);
  });

  test('draws around what the run measured, to the same buckets', () => {
    const whole = new Histogram();
    for (const { latency } of blocks) whole.add(latency!);
    for (const [key, percent] of [
      ['broadcast.latency.p50', 50],
      ['broadcast.latency.p99', 99],
    ] as const) {
      const { low, high, replicates } = bootstrap(blocks, 'a')[key]!;
      const measured = whole.percentile(percent);
      expect(low).toBeLessThan(measured);
      expect(high).toBeGreaterThan(measured);
      expect(replicates).toContain(measured);
      expect(replicates).toHaveLength(200);
      expect(replicates).toEqual([...replicates].sort((a, b) => a - b));
    }
  });

  test('has nothing to spread where every second is like every other', () => {
    const latency = new Histogram();
    for (const ms of [1, 2, 3, 3_000_000]) latency.record(ms);
    const same = Array.from({ length: 30 }, () => ({ expected: 4, delivered: 4, latency }));
    const intervals = bootstrap(same, 'a');
    expect(intervals['broadcast.latency.p50']).toMatchObject({ low: 2, high: 2 });
    expect(intervals['broadcast.latency.p99']!.high).toBe(latency.percentile(99));
    expect(intervals['delivery.ratio']).toMatchObject({ low: 1, high: 1 });
  });

  test('keeps seconds whole', () => {
    const mixed = blocks.map((block, i) => ({ ...block, delivered: i % 2 === 0 ? 0 : block.expected }));
    const { low, high } = bootstrap(mixed, 'a')['delivery.ratio']!;
    // 60 coins, not 2,400 of them.
    expect(high - low).toBeGreaterThan(0.2);
  });
});

describe('is insufficient', () => {
  const none = { 'broadcast.latency.p50': null, 'broadcast.latency.p99': null, 'delivery.ratio': null };

  test.each([0, 1, FEWEST_BLOCKS - 1])('with %d blocks', (count) => {
    expect(bootstrap(blocksOf(count, randomOf('few')), 'a')).toEqual(none);
  });

  test('where most blocks are empty', () => {
    const empty: Block = { expected: 0, delivered: 0, latency: undefined };
    expect(bootstrap([...blocksOf(20, randomOf('few')), ...Array<Block>(40).fill(empty)], 'a')).toEqual(none);
  });

  test('of latency alone, where nothing arrived', () => {
    const lost = Array<Block>(40).fill({ expected: 5, delivered: 0, latency: new Histogram() });
    expect(bootstrap(lost, 'a')).toEqual({
      ...none,
      'delivery.ratio': { low: 0, high: 0, replicates: Array<number>(200).fill(0) },
    });
  });
});

test.each([
  [[5], 0.5, 5],
  [[1, 2, 3, 4], 0.5, 2],
  [[1, 2, 3, 4], 0, 1],
  [[1, 2, 3, 4], 1, 4],
])('the quantile of %j at %d is %d', (sorted, share, value) => {
  expect(quantileOfSorted(sorted, share)).toBe(value);
});
