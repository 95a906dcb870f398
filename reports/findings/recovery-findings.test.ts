import { expect, test } from 'vitest';
import type { AuditRow } from '../../measure/metrics/events.ts';
import { recordOf } from '../../test/support/records.ts';
import type { RecoveryCell } from '../wording/recovery-wording.ts';
import { findingsOf } from './all-findings.ts';

const cell: RecoveryCell = {
  way: 'reset',
  awayMs: 1000,
  clients: 4,
  kept: 0,
  recovered: 4,
  fresh: 0,
  absent: 0,
  wereAwayMs: 1010,
  deliveries: { recovered: 40, missed: 0, duplicate: 0, reordered: 0 },
};

function found(cells: readonly Partial<RecoveryCell>[], keptForMs: number | null = 10_000) {
  const absences = { noticedAfterMs: 3000, keptForMs, cells: [], to: 20 };
  const record = recordOf({ absences, recovery: { cells: cells.map((own) => ({ ...cell, ...own })), audit: [] } });
  return findingsOf(record).map(({ id, evidence, remedy }) => ({ id, evidence, remedy }));
}

const fresh = { recovered: 0, fresh: 4, deliveries: { recovered: 0, missed: 40, duplicate: 0, reordered: 0 } };

test('where every session was recovered there is nothing to be found', () => {
  expect(found([{}, { way: 'sleep', kept: 4, recovered: 0 }])).toEqual([]);
});

test('clients that were back before a silent link was noticed: what heartbeat would have kept their sessions', () => {
  expect(found([{}, { ...fresh, way: 'silence' }, { ...fresh, way: 'switch', awayMs: 300 }])).toEqual([
    {
      id: 'back-before-noticed',
      evidence:
        '8 clients came back before the server had noticed that the old link was silent (after 0.3 to 1 s): the session was not recovered, and 80 deliveries were missed.',
      remedy:
        'The server notices after pingInterval + pingTimeout, 3 s here: with 0.3 s, these sessions would have been kept. For those who are back even sooner, have clients ask for what they missed by a number of their own.',
    },
  ]);
});

test('sessions that were not kept long enough: what maxDisconnectionDuration would have kept them', () => {
  const [finding, ...others] = found([{}, { ...fresh, awayMs: 16_000 }]);
  expect(others).toEqual([]);
  expect(finding).toMatchObject({
    id: 'session-expired',
    evidence:
      '4 clients came back after 16 s with a new session, and 40 deliveries were missed: sessions are kept for maxDisconnectionDuration, 10 s here.',
  });
  expect(finding?.remedy).toMatch('more than 16 s');
});

test('what was missed or came twice although the session was recovered', () => {
  const [finding] = found([{ deliveries: { recovered: 40, missed: 1, duplicate: 2, reordered: 0 } }]);
  expect(finding).toMatchObject({
    id: 'replay-not-exact',
    evidence:
      'Of clients whose session was recovered, 1 delivery was missed and 2 deliveries arrived twice, beside 40 replayed deliveries: what is sent while a session is being recovered can come by replay and by the link, or by neither.',
  });
});

test('promises of the documentation that did not hold, and rows of the audit that could not be shown', () => {
  const row = { topic: 'matrix', subject: 'memory', event: 'its link is lost', evidence: 'A new session.' } as const;
  const absences = { noticedAfterMs: 3000, keptForMs: 10_000, cells: [], to: 20 };
  const ids = (own: Partial<AuditRow>) => {
    const audit = [{ ...row, promised: 'yes', outcome: 'broken', ...own } as const];
    return findingsOf(recordOf({ absences, recovery: { cells: [cell], audit } })).map(({ id }) => id);
  };
  expect(ids({})).toEqual(['promise-broken']);
  expect(ids({ promised: 'no' })).toEqual([]);
  expect(ids({ outcome: 'held' })).toEqual([]);
  expect(ids({ outcome: 'notShown' })).toEqual(['audit-incomplete']);
});

test('a server that recovers nothing, and clients that stay away', () => {
  expect(found([fresh, { ...fresh, awayMs: 100 }], null).map(({ id }) => id)).toEqual(['never-recovered']);
  expect(found([{}, { recovered: 3, absent: 1 }]).map(({ id }) => id)).toEqual(['stayed-away']);
});
