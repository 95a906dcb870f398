import { expect, test } from 'vitest';
import type { AuditRow } from '../../measure/metrics/events.ts';
import { recordOf } from '../../test/support/records.ts';
import type { RecoveryCell } from '../wording/recovery-wording.ts';
import { recoveryTable } from './recovery-table.ts';
import { plainTerminal } from './terminal.ts';

function cell(way: string, awayMs: number, recovered: number): RecoveryCell {
  const counts = { clients: 4, kept: 0, recovered, fresh: 4 - recovered, absent: 0 };
  return { way, awayMs, ...counts, wereAwayMs: awayMs, deliveries: null };
}

function row(topic: AuditRow['topic'], subject: string, outcome: AuditRow['outcome']): AuditRow {
  return { topic, subject, event: 'its link is lost', promised: 'no', outcome, evidence: '5 of 5 arrived.' };
}

test('a row for each way in which links were lost, a column for each time away, and what was looked at besides', () => {
  const cells = [cell('reset', 300, 4), cell('reset', 4000, 4), cell('silence', 300, 0), cell('silence', 4000, 3)];
  const audit = [
    row('matrix', 'memory', 'held'),
    row('matrix', 'redis-pubsub', 'broken'),
    row('toServer', 'buffer', 'notShown'),
  ];
  const absences = { noticedAfterMs: 3000, keptForMs: 10_000, cells: [], to: 20 };
  const text = recoveryTable(recordOf({ absences, recovery: { cells, audit } }), { ...plainTerminal, width: 200 });
  expect(text.split('\n').map((line) => line.trim())).toEqual([
    'session again after   0.3 s     4 s',
    'reset (RST)          4 of 4  4 of 4',
    'silent link          0 of 4  3 of 4',
    'a silent link is noticed after at most 3 s; a session is kept for 10 s.',
    'Is the session recovered, with everything that was sent meanwhile?  memory  redis-pubsub',
    'its link is lost                                                    ✓ held  ✗ did not, not promised',
    'Does what a client sends arrive once, and in order?',
    'buffer                                               – not shown  5 of 5 arrived.',
  ]);
});

test('other runs have none', () => {
  expect(recoveryTable(recordOf(), plainTerminal)).toBe('');
});
