/** A search for a capacity against a target that turns away one user more than is known beforehand. */

import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { cleanUp, Running, temporaryFolder } from './support/chatstorm.ts';
import { PROBES, startKnown, writeSearch } from './support/search.ts';

const LIMIT_MS = 240_000;
const ends: (() => void)[] = [];
afterAll(() => {
  for (const end of ends) end();
  cleanUp();
});

/** Who gets in does not depend on how busy this machine is. */
const slo = ['connections.failed == 0'];
const patient = { lag: '500ms' };
const small = { from: 80, roomSize: 10, window: 1, precision: 1.5, good: 0.7, confidence: 0.7, slo };

describe.concurrent('a search', () => {
  test('ends with the highest level that held and the lowest that did not, and its folder comes to the same', {
    timeout: LIMIT_MS,
  }, async () => {
    const target = await startKnown({ kind: 'connections', most: 88 + PROBES });
    ends.push(() => target.process.kill());
    const folder = temporaryFolder();
    const out = join(folder, 'run');
    const file = writeSearch(folder, small, patient);
    const args = ['load', file, '--target', target.url, '--dialect', 'rooms', '--no-live', '--out', out];
    const running = new Running(args, out);
    expect(await running.ended, running.output).toBe(0);
    const { capacity, verdict, metrics, phases, intervals } = running.record();
    expect(verdict.breaches).toEqual([]);
    expect(capacity).toMatchObject({
      end: 'confirmed',
      confirmed: 80,
      refuted: 110,
      recovered: true,
      isAtLeast: false,
    });
    expect(capacity!.broke).toContain('connections.failed == 0');
    expect(capacity!.ceiling).toBeGreaterThan(capacity!.confirmed!);
    expect(metrics['capacity.confirmed']).toEqual({ unit: '1', value: 80 });
    expect(intervals['capacity.confirmed']).toMatchObject({ low: 80, high: 110 });
    // The run is as long as the search took.
    expect(phases.measure).toBeLessThan(200);
    expect(running.output).toMatch(
      /This server carried 80 users in rooms of 10 \(\d+ % confident that 7 of 10 1-second windows hold no failed connection/,
    );
    expect(running.output).toMatch(/ {2}double +80 {2}p99 .* 1 of 1 windows held/);
    const again = new Running(['report', out], out);
    expect(await again.ended).toBe(0);
    expect(again.record().capacity).toEqual(capacity);
  });

  test('that nothing holds for fails, and says so', { timeout: LIMIT_MS }, async () => {
    const target = await startKnown({ kind: 'connections', most: PROBES + 5 });
    ends.push(() => target.process.kill());
    const folder = temporaryFolder();
    const out = join(folder, 'run');
    const file = writeSearch(folder, { ...small, from: 10 }, patient);
    const args = ['load', file, '--target', target.url, '--dialect', 'rooms', '--no-live', '--out', out];
    const running = new Running(args, out);
    await running.ended;
    expect(running.record().capacity).toMatchObject({ end: 'nothingHeld', confirmed: null, refuted: 10 });
    expect(running.output).toContain('This server did not even carry 10 users in rooms of 10');
    expect(await running.ended).not.toBe(0);
  });
});

test.each([
  [['capacity', '--precision', '0.9'], 'precision'],
  [['capacity', '--workers', '--redis', 'redis://127.0.0.1:1', '--secret', 's'], 'changes its load as it goes'],
  [['capacity', '--engine', 'socketio-v3'], 'needs the engine chatstorm'],
  [['broadcast', '--find', 'rate'], '--find applies only to scenarios with `capacity`'],
])('%j is refused', async (args, words) => {
  const running = new Running(['load', ...args, '--dry-run'], temporaryFolder());
  expect(await running.ended).toBe(2);
  expect(running.output).toContain(words);
});

test('`chatstorm capacity` is `load capacity`, with its options', async () => {
  const running = new Running(['capacity', '--quick', '--find', 'rooms', '--dry-run'], temporaryFolder());
  expect(await running.ended, running.output).toBe(0);
  expect(running.output).toContain('capacity: How many users the server carries');
});
