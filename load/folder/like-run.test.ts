import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { sourceOf } from '../../measure/metrics/source.ts';
import type { RunRecord } from '../../measure/run-record/run-record.ts';
import { foldRun } from '../../test/support/fold-run.ts';
import { everyoneJoined, plan } from '../../test/support/plan.ts';
import { ended } from '../../test/support/report-in-browser.ts';
import { lastLikeRun } from './like-run.ts';

/** A sound run that began at an hour of the day. */
function sound(hour: number, users = 0): RunRecord {
  const own = { ...plan, id: `at${hour}`, startedAt: `2026-01-31T${String(hour).padStart(2, '0')}:00:00.000Z` };
  const whole = { ...own, load: { ...plan.load, users, offered: 0 }, scenario: { ...plan.scenario, thresholds: [] } };
  const closed = { at: 4, source: sourceOf('probes'), event: { kind: 'closed', at: 4000 } } as const;
  return foldRun(whole, [...everyoneJoined(whole), closed, ended(4)]);
}

test('the last sound run before it with the same load is found, whatever else lies there', () => {
  const root = mkdtempSync(join(tmpdir(), 'chatstorm-like-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const put = (name: string, record: RunRecord) => {
    mkdirSync(join(root, name));
    const own = Object.fromEntries(Object.keys(plan).map((key) => [key, record[key as keyof RunRecord]]));
    writeFileSync(join(root, name, 'plan.json'), JSON.stringify({ ...own, outages: [] }));
    writeFileSync(join(root, name, 'run.json'), JSON.stringify(record));
  };
  put('a', sound(8));
  put('b', sound(9));
  const late = sound(10);
  put('invalid', { ...late, verdict: { ...late.verdict, breaches: [{ gate: 'lag', p99Ms: 9, limitMs: 5 }] } });
  put('heavier', sound(11, 5));
  put('later', sound(15));
  mkdirSync(join(root, 'holiday'));
  mkdirSync(join(root, 'torn'));
  writeFileSync(join(root, 'torn', 'plan.json'), '{"schema');
  writeFileSync(join(root, 'file'), '');
  mkdirSync(join(root, 'own'));
  expect(lastLikeRun(join(root, 'own'), sound(12))?.id).toBe('at9');
  expect(lastLikeRun(join(root, 'own'), sound(8))).toBeUndefined();
  expect(lastLikeRun(join(root, 'nowhere', 'own'), sound(12))).toBeUndefined();
});
