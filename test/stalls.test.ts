import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, describe, expect, test } from 'vitest';
import { cleanUp, load } from './support/chatstorm.ts';

afterAll(cleanUp);

const STALL_MS = 1400;

/** Stops one of a run's processes for a while in mid-measurement; returns the record and how long it really stood. */
async function stalled(role: 'server' | 'probes') {
  const run = load('--no-crowd', '--rate', '40/s');
  const pids = await run.pids();
  await run.second(2);
  const stoppedAt = performance.now();
  process.kill(pids[role], 'SIGSTOP');
  await pause(STALL_MS);
  process.kill(pids[role], 'SIGCONT');
  const stallMs = performance.now() - stoppedAt;
  const code = await run.ended;
  return { record: run.record(), stallMs, code };
}

function maxOf(record: Awaited<ReturnType<typeof stalled>>['record'], key: string): number {
  const metric = record.metrics[key];
  return metric && 'max' in metric ? metric.max : Number.NaN;
}

function p95Of(record: Awaited<ReturnType<typeof stalled>>['record'], key: string): number {
  const metric = record.metrics[key];
  return (metric && 'p95' in metric ? metric.p95 : null) ?? Number.NaN;
}

describe('a stall', () => {
  test('of the server shows as long as it was: nothing is omitted', async () => {
    const { record, stallMs } = await stalled('server');
    const { talkers, ratePerTalker } = record.load;
    const largestGapMs = 1000 / ratePerTalker;
    expect(talkers).toBe(2);
    expect(maxOf(record, 'broadcast.latency')).toBeGreaterThan(stallMs - largestGapMs - 50);
    expect(maxOf(record, 'broadcast.latency')).toBeLessThan(stallMs * 2);
  });

  test('of the probes is in the latency, not in the service time, and makes the run invalid', async () => {
    const { record, stallMs, code } = await stalled('probes');
    expect(maxOf(record, 'broadcast.latency')).toBeGreaterThan(stallMs - 1000 / record.load.ratePerTalker - 50);
    // A message that was on its way when the stall began has it in its service time, too; nearly all have not.
    expect(p95Of(record, 'broadcast.latency')).toBeGreaterThan(stallMs / 2);
    expect(p95Of(record, 'broadcast.service')).toBeLessThan(stallMs / 2);
    expect(record.verdict.breaches.map(({ gate }) => gate)).toContain('lag');
    expect(code).toBe(3);
  });
});
