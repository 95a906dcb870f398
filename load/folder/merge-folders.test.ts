import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { numberOf } from '../../measure/run-record/read-metrics.ts';
import type { RunPlan } from '../../measure/run-record/run-record.ts';
import { cleanUp, temporaryFolder } from '../../test/support/chatstorm.ts';
import { plan } from '../../test/support/plan.ts';
import { mergeFolders } from './merge-folders.ts';
import { foldFolder } from './run-folder.ts';

afterAll(cleanUp);

/** A run of two probes that heard `n` messages in the measured seconds. */
function runFolder(id: string, n: number, change: Partial<RunPlan> = {}): string {
  const folder = join(temporaryFolder(), id);
  mkdirSync(folder);
  writeFileSync(
    join(folder, 'plan.json'),
    JSON.stringify({ ...plan, id, ...change, load: { ...plan.load, offered: n } }),
  );
  const source = { role: 'probes', shard: 0, number: 0 };
  const counters = Object.fromEntries(
    ['messages.scheduled', 'messages.sent', 'messages.ok', 'delivery.expected', 'delivery.delivered'].map((name) => [
      name,
      n,
    ]),
  );
  const joins = [0, 1].map((bot) => ({ at: 0, source, event: { kind: 'joined', at: 0, bot, room: 0 } }));
  const lines = [
    ...joins,
    { at: 1, source, counters, histograms: {}, gauges: {} },
    { at: 3, source, event: { kind: 'closed', at: 3000 } },
  ];
  writeFileSync(join(folder, 'probes-0-0.ndjson'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  const conductor = { role: 'conductor', shard: 0, number: 0 };
  writeFileSync(
    join(folder, 'conductor-0-0.ndjson'),
    `${JSON.stringify({ at: 3, source: conductor, event: { kind: 'ended', at: 3000 } })}\n`,
  );
  return folder;
}

test('runs that were made apart are parts of one', () => {
  const out = join(temporaryFolder(), 'whole');
  mergeFolders([runFolder('a', 10), runFolder('b', 30), runFolder('c', 2)], out);
  const record = foldFolder(out);
  expect(record).toMatchObject({ state: 'complete', verdict: { breaches: [] } });
  expect(numberOf(record, 'delivery.delivered')).toBe(42);
  expect(record.load).toMatchObject({ probes: 6, offered: 42 });
  expect(record.load.shards).toEqual(
    [1, 2, 3].map((number) => ({ number, firstProbe: 2 * (number - 1), probes: 2, users: 0 })),
  );
  // A whole of parts is a part itself.
  const again = join(temporaryFolder(), 'again');
  mergeFolders([out, runFolder('d', 8)], again);
  expect(numberOf(foldFolder(again), 'delivery.delivered')).toBe(50);
});

test('runs of something else are not', () => {
  const [one, other] = [runFolder('a', 1), runFolder('b', 1, { phases: { warmup: 1, measure: 3, drain: 1 } })];
  const out = join(temporaryFolder(), 'whole');
  expect(() => mergeFolders([one, other], out)).toThrow(/is no part of the same load: the phases differ\./);
  expect(() => mergeFolders([one], out)).toThrow('Expected at least two folders to merge.');
});
