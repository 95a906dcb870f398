import { expect, test } from 'vitest';
import type { RunRecord } from '../../measure/run-record/run-record.ts';
import { foldRun } from '../../test/support/fold-run.ts';
import { plan } from '../../test/support/plan.ts';
import type { Cell } from '../wording/fallback-wording.ts';
import { findingsOf } from './all-findings.ts';

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

test('findings name the orders and networks, and the remedy', () => {
  const rescued = { ...cell, order: 'polling-first', transports: { polling: 20, websocket: 0 } };
  const down = { ...cell, order: 'websocket-first', through: 0 };
  const open = [rescued, down].map((one) => ({ ...one, network: 'open', through: 20 }));
  const swallowed = [rescued, down, { ...down, order: 'websocket-first-try-all' }].map((one) => ({
    ...one,
    network: 'swallowed',
  }));
  const found = findingsOf(
    record([...open, rescued, down, ...swallowed], { refused: { TRANSPORT_HANDSHAKE_ERROR: 1 } }),
  );
  expect(found.map(({ id, severity }) => [id, severity])).toEqual([
    ['websocket-first-fails', 'critical'],
    ['try-all-does-not-help', 'warning'],
    ['upgrade-header-stripped', 'warning'],
  ]);
  expect(found[0]?.evidence).toMatch(/never connect on refused and swallowed\.$/);
  expect(found[0]?.remedy).toMatch(/set `tryAllTransports: true`/);
  expect(found[1]?.evidence).toMatch(/^tryAllTransports does not help on swallowed: /);
  expect(found[2]?.evidence).toMatch(/^On refused the server received WebSocket requests without an Upgrade header/);
  expect(findingsOf(record(open))).toEqual([]);
});
