import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import type { RunRecord } from '../../measure/run-record/run-record.ts';
import { few, outage, record, timeOf } from '../../test/support/outages.ts';
import { plan } from '../../test/support/plan.ts';
import { endings, recordOf } from '../../test/support/records.ts';
import { planSheet } from './plan-sheet.ts';
import { summary } from './summary.ts';
import { painted, plainTerminal } from './terminal.ts';
import { verdictTable } from './verdict-table.ts';

const cell = {
  order: 'websocket-first-try-all',
  network: 'websocket-cut-first-frame',
  clients: 20,
  through: 0,
  flapping: 0,
  disconnects: 0,
  medianMs: { connect: null, upgrade: null, fallback: null },
  transports: { polling: 0, websocket: 0 },
  troubles: [{ at: 'connect' as const, reason: 'websocket error: Unexpected server response: 403', clients: 20 }],
};
const orders = ['polling-first', 'websocket-first-try-all', 'websocket-only'];
const networks = ['open', 'upgrade-refused', 'upgrade-swallowed', 'websocket-cut-first-frame', 'websocket-cut-idle'];

const records: Readonly<Record<string, RunRecord>> = {
  ...endings,
  outages: record([outage, { ...outage, fault: 'blackhole-of-all-links' }, few], {
    ...timeOf('reconnect.detect', outage),
    ...timeOf('reconnect.outage', outage, { p50: 1000, p99: 1480 }),
  }),
  matrix: recordOf({
    matrix: { orders, networks, clientTimeoutMs: 2000, cells: [], costs: [] },
    fallback: {
      cells: orders.flatMap((order) => networks.map((network) => ({ ...cell, order, network }))),
      refusals: { 'upgrade-refused': { TRANSPORT_MISMATCH: 7 } },
    },
  }),
};

const path = '/a folder of runs/with-a-rather-long-name/2026-01-31T12-00-00-broadcast/report.html';
const pages: Readonly<Record<string, (terminal: typeof plainTerminal) => string>> = {
  ...Object.fromEntries(
    Object.entries(records).map(([name, one]) => [name, (terminal) => summary(one, path, terminal)]),
  ),
  verdicts: (terminal) => verdictTable(Object.values(records), terminal),
  plan: (terminal) => planSheet({ ...plan, outages: planned }, terminal),
};

const planned = ['reset', 'blackhole', 'restart', 'flapping', 'latency'].map((fault, i) => ({
  fault,
  kinds: [fault],
  cuts: 'openly' as const,
  what: 'x',
  bots: [0, 2] as [number, number],
  from: 10 * i,
  until: 10 * i,
  to: 10 * i + 10,
}));

describe.each(Object.entries(pages))('%s', (_, page) => {
  const words = new Set(page(plainTerminal).match(/\S+/g));

  test.each([80, 40])('fits %i columns without a broken word', (width) => {
    for (const paint of [plainTerminal.paint, painted]) {
      const lines = page({ paint, width }).split('\n');
      expect(lines.filter((line) => stringWidth(line) > width && line !== `  ${path}`)).toEqual([]);
    }
    const wrapped = page({ ...plainTerminal, width }).match(/\S+/g);
    expect(new Set(wrapped)).toEqual(words);
  });
});

test.each([
  ['33.3 messages/s planned, 30 measured', { talkers: 10, ratePerTalker: 10 / 3 }],
  ['30 messages/s planned and measured', { talkers: 3, ratePerTalker: 10 }],
])('says %s', (words, load) => {
  const one = recordOf();
  const metrics = { ...one.metrics, 'messages.rate': { unit: '1/s', value: 30 } as const };
  expect(summary({ ...one, metrics, load: { ...one.load, ...load } }, path, plainTerminal)).toContain(words);
});

test('ends with the path of the report, whole', () => {
  expect(summary(recordOf(), path, { ...plainTerminal, width: 40 })).toMatch(new RegExp(`\\nReport:\\n  ${path}$`));
});
