import { describe, expect, test } from 'vitest';
import { type Schedule, slotsOf } from '../bots/schedule.ts';
import { Histogram } from '../measure/metrics/histogram.ts';
import { bootstrap } from '../measure/statistics/bootstrap.ts';

/** A server that stands still for 200 ms of every second, and answers at once otherwise. */
const STALL_MS = 200;
const P99_MS = STALL_MS - 10;
const P95_MS = STALL_MS - 50;
const SECONDS = 30;

function latencyOf(dueAt: number): number {
  return Math.max(0, STALL_MS - (dueAt % 1000));
}

function measured(arrivals: Schedule['arrivals'], seed: string) {
  const whole = new Histogram();
  const blocks = Array.from({ length: SECONDS }, () => ({ expected: 0, delivered: 0, latency: new Histogram() }));
  const schedule = { seed, bots: [0, 1, 2, 3], rate: 10, arrivals, fromMs: 0, toMs: SECONDS * 1000 };
  for (const { dueAt } of slotsOf(schedule)) {
    const block = blocks[Math.floor(dueAt / 1000)]!;
    block.expected++;
    block.delivered++;
    block.latency.record(latencyOf(dueAt));
    whole.record(latencyOf(dueAt));
  }
  return { p95: whole.percentile(95), interval: bootstrap(blocks, seed)['broadcast.latency.p99']! };
}

describe('a server that stalls at every full second', () => {
  const seeds = Array.from({ length: 20 }, (_, i) => `seed ${i}`);

  test('random arrivals: at least 18 of 20 intervals contain the true p99, and p95 is close to the truth', () => {
    const runs = seeds.map((seed) => measured('poisson', seed));
    const right = runs.filter(({ interval: { low, high } }) => low <= P99_MS && P99_MS <= high);
    expect(right.length).toBeGreaterThanOrEqual(18);
    for (const { p95 } of runs) expect(Math.abs(p95 - P95_MS)).toBeLessThan(25);
  });

  test('constant arrivals keep step with it: their intervals are narrow and wrong', () => {
    const right = seeds.filter((seed) => {
      const { low, high } = measured('constant', seed).interval;
      return low <= P99_MS && P99_MS <= high;
    });
    expect(right.length).toBeLessThan(10);
  });
});
