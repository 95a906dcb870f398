import { expect, test } from 'vitest';
import { sourceOf } from '../../measure/metrics/source.ts';
import type { RunRecord } from '../../measure/run-record/run-record.ts';
import { foldRun } from '../../test/support/fold-run.ts';
import { plan } from '../../test/support/plan.ts';
import { findingsOf } from './all-findings.ts';

function sentence(gauges: Record<string, (number | null)[]>, outcome: 'pass' | 'fail' = 'fail'): string | undefined {
  const run: RunRecord = foldRun(plan, []);
  const threshold = { text: 'broadcast.latency.p99 < 250ms', outcome, value: 400, unit: 'ms' as const };
  const slow = {
    ...run,
    vitals: [{ source: sourceOf('server'), gauges }],
    verdict: { ...run.verdict, thresholds: [threshold] },
  };
  return findingsOf(slow).find(({ id }) => id === 'first-to-break')?.evidence;
}

test('of a server that was too slow, the first resource to give out is named', () => {
  const gauges = { 'cpu{role=server}': [100, 50, 60, 99], 'loopDelay{role=server}': [0, 20, 240, 900] };
  expect(sentence(gauges)).toBe(
    "The server's first resource to give out was its event loop: 240 ms late, from second 2 on.",
  );
  expect(sentence({ 'server.bufferedBytes': [0, 0, null, 60e6] })).toContain(
    'memory: 60.0 MB queued for clients, from second 3',
  );
});

test('not of one that was fast enough, nor where nothing gave out', () => {
  const gauges = { 'cpu{role=server}': [0, 99, 99, 99] };
  expect(sentence(gauges, 'pass')).toBeUndefined();
  expect(sentence({ 'cpu{role=server}': [100, 10, 10, 10] })).toBeUndefined();
});
