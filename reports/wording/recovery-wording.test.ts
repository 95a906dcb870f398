import { expect, test } from 'vitest';
import { outcomeOfCell, type RecoveryCell, recoverySentenceOf } from './recovery-wording.ts';

function cell(way: string, awayMs: number, [kept, recovered, fresh, absent]: readonly number[]): RecoveryCell {
  const clients = kept! + recovered! + fresh! + absent!;
  return {
    ...{ way, awayMs, clients, kept: kept!, recovered: recovered!, fresh: fresh!, absent: absent! },
    wereAwayMs: null,
    deliveries: null,
  };
}

test.each([
  ['kept', [4, 0, 0, 0]],
  ['recovered', [1, 3, 0, 0]],
  ['mixed', [0, 3, 1, 0]],
  ['fresh', [0, 0, 3, 1]],
  ['absent', [0, 0, 0, 4]],
  ['untested', [0, 0, 0, 0]],
] as const)('clients come to %s', (outcome, counts) => {
  expect(outcomeOfCell(cell('reset', 100, counts))).toBe(outcome);
});

test('a sentence says whose session went on, and after how long with which loss of the link', () => {
  const cells = [
    ...[100, 1000].map((awayMs) => cell('reset', awayMs, [0, 4, 0, 0])),
    ...[100, 1000].map((awayMs) => cell('close', awayMs, [0, 4, 0, 0])),
    cell('silence', 100, [0, 0, 4, 0]),
    cell('silence', 1000, [0, 4, 0, 0]),
    cell('switch', 100, [0, 1, 3, 0]),
  ];
  expect(recoverySentenceOf({ recovery: { cells, audit: [] } })).toBe(
    '28 clients lost their link, and 75 % of them had their session again: reset and close after 0.1 to 1 s; silence after 1 s; switch never',
  );
});
