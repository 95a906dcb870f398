import { expect, test } from 'vitest';
import { fold } from '../measure/fold.ts';
import type { RunRecord } from '../measure/run-record.ts';
import { plan } from '../measure/test-plan.ts';
import { type Cell, cellSentence, cellTime, fallbackFindings, networkSentence, outcomeOf } from './fallback.ts';

const cell: Cell = {
  order: 'websocket-only',
  network: 'refused',
  clients: 20,
  through: 20,
  flapping: 0,
  disconnects: 0,
  transports: { polling: 0, websocket: 20 },
  troubles: [],
};
const forbidden = { at: 'connect', reason: 'websocket error: Unexpected server response: 403', clients: 20 } as const;

/** A record with the given cells and nothing else to it. */
function record(cells: readonly Cell[], refusals: Record<string, Record<string, number>> = {}): RunRecord {
  const orders = [...new Set(cells.map(({ order }) => order))];
  const networks = [...new Set(cells.map(({ network }) => network))];
  return {
    ...fold(plan, []),
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
  const whole: RunRecord = { ...record([cell]) };
  expect(cellTime(whole, never)).toBe('HTTP 403');
  expect(cellTime(whole, { ...cell, disconnects: 40 })).toBe('cut 2×');
  expect(cellSentence(whole, never)).toBe(
    'None of 20 got through. Connecting failed: «websocket error: Unexpected server response: 403» (20).',
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

test('findings name the orders and networks, and the remedy', () => {
  const rescued = { ...cell, order: 'polling-first', transports: { polling: 20, websocket: 0 } };
  const down = { ...cell, order: 'websocket-first', through: 0 };
  const open = [rescued, down].map((one) => ({ ...one, network: 'open', through: 20 }));
  const swallowed = [rescued, down, { ...down, order: 'websocket-first-try-all' }].map((one) => ({
    ...one,
    network: 'swallowed',
  }));
  const found = fallbackFindings(
    record([...open, rescued, down, ...swallowed], { refused: { TRANSPORT_HANDSHAKE_ERROR: 1 } }),
  );
  expect(found).toHaveLength(3);
  expect(found[0]).toMatch(/never get through on refused and swallowed: .*set tryAllTransports/);
  expect(found[1]).toMatch(/^tryAllTransports does not help on swallowed: /);
  expect(found[2]).toMatch(/^On refused the server was asked for WebSocket without an Upgrade header/);
  expect(fallbackFindings(record(open))).toEqual([]);
});
