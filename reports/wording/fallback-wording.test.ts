import { expect, test } from 'vitest';
import type { RunRecord } from '../../measure/run-record/run-record.ts';
import { foldRun } from '../../test/support/fold-run.ts';
import { plan } from '../../test/support/plan.ts';
import { type Cell, cellSentence, cellTime, networkSentence, outcomeOf } from './fallback-wording.ts';

const cell: Cell = {
  order: 'websocket-only',
  network: 'refused',
  clients: 20,
  through: 20,
  flapping: 0,
  disconnects: 0,
  medianMs: { connect: null, upgrade: null, fallback: null },
  transports: { polling: 0, websocket: 20 },
  troubles: [],
};
const forbidden = { at: 'connect', reason: 'websocket error: Unexpected server response: 403', clients: 20 } as const;

/** A record with the given cells and nothing else to it. */
function record(cells: readonly Cell[], refusals: Record<string, Record<string, number>> = {}): RunRecord {
  const orders = [...new Set(cells.map(({ order }) => order))];
  const networks = [...new Set(cells.map(({ network }) => network))];
  return {
    ...foldRun(plan, []),
    matrix: { orders, networks, clientTimeoutMs: 2000, cells: [], costs: [] },
    fallback: { cells: [...cells], refusals },
  };
}

test.each([
  [{}, 'websocket'],
  [{ transports: { polling: 20, websocket: 0 } }, 'polling'],
  [{ through: 0 }, 'never'],
  [{ through: 12 }, 'mixed'],
  [{ flapping: 15 }, 'flapping'],
] as const)('%j is %s', (change, outcome) => {
  expect(outcomeOf({ ...cell, ...change })).toBe(outcome);
});

test('a cell is told by its time, or by why there is none', () => {
  const never = { ...cell, through: 0, troubles: [forbidden] };
  expect(cellTime(never)).toBe('HTTP 403');
  expect(cellTime({ ...cell, disconnects: 40 })).toBe('cut 2×');
  expect(cellTime({ ...cell, medianMs: { ...cell.medianMs, connect: 12 } })).toBe('12.0 ms');
  expect(cellSentence(never)).toBe(
    'None of 20 clients connected. Connecting failed: «websocket error: Unexpected server response: 403» (20).',
  );
});

test('a network is explained by the clients and by the server', () => {
  const never = { ...cell, through: 0, troubles: [forbidden] };
  const told = record([never], { refused: { TRANSPORT_MISMATCH: 7 } });
  expect(networkSentence(told, 'refused')).toBe(
    'Connecting failed: «websocket error: Unexpected server response: 403» (20 clients); the server refused TRANSPORT_MISMATCH (7 handshakes)',
  );
  expect(networkSentence(record([cell]), 'refused')).toBeUndefined();
});
