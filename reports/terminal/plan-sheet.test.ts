import { expect, test } from 'vitest';
import type { RunPlan } from '../../measure/run-record/run-record.ts';
import { plan } from '../../test/support/plan.ts';
import { planSheet, sheetLine } from './plan-sheet.ts';
import { plainTerminal } from './terminal.ts';

const handshake = {
  pingIntervalMs: 25_000,
  pingTimeoutMs: 20_000,
  maxPayloadBytes: 1_000_000,
  upgrades: ['websocket'],
};
const target: RunPlan['target'] = { ...plan.target, kind: 'external', handshake };

test('says how soon a silent link is noticed, how much is taken at once, and how long it takes', () => {
  const sheet = planSheet({ ...plan, target }, plainTerminal);
  expect(sheet).toContain('a silent link is noticed after at most 45.0 s; at most 1,000 kB at once');
  expect(sheet).toContain('about 9 s in all');
  expect(
    planSheet({ ...plan, target: { ...target, handshake: { ...handshake, upgrades: [] } } }, plainTerminal),
  ).toContain('no upgrade from polling offered');
});

test('says which faults the heartbeat cannot notice, and how long the run would take', () => {
  const blackhole = { fault: 'blackhole', kinds: ['blackhole'], what: 'x', bots: [0, 2] as [number, number] };
  const outage = { ...blackhole, cuts: 'silently' as const, from: 4, until: 10, to: 12 };
  const outages = { ...plan, target, outages: [outage] };
  expect(planSheet(outages, plainTerminal)).toContain(
    'not tested: blackhole (6 s) is too short for the heartbeat; --fit-heartbeat stretches the run to 44 s',
  );
  expect(planSheet({ ...outages, outages: [{ ...outage, until: 51 }] }, plainTerminal)).not.toContain('not tested');
});

const reset = { fault: 'reset', kinds: ['reset'], what: 'x', bots: [0, 40] as [number, number] };
const outages = [{ ...reset, cuts: 'openly' as const, from: 4, until: 4, to: 9 }];
const load = { ...plan.load, talkers: 4, ratePerTalker: 10, offered: 280 };
const cell = { order: 'polling-first', network: 'refused', bots: [0, 20] as [number, number], from: 0, to: 8 };
const matrix = { orders: ['polling-first'], networks: ['refused'], clientTimeoutMs: 1, cells: [cell], costs: [] };

test.each<[string, Partial<RunPlan>, string]>([
  [
    'broadcast.latency.p99 < 250ms',
    { load },
    'too few messages for `broadcast.latency.p99 < 250ms`: a p99 needs about 600 messages, and 280 are planned. Use `--duration 18s` or `--rate 25/s`.',
  ],
  [
    'broadcast.latency.p99 < 250ms',
    { load, outages },
    'a p99 needs about 600 messages, and 280 are planned. Use `--rate 25/s`.',
  ],
  [
    'broadcast.latency.p99 < 250ms',
    { load, matrix },
    'and 280 are planned. Use a higher `rate` or a longer `wave` in the matrix.',
  ],
  [
    'reconnect.outage{fault=reset}.p99 < 9s',
    { outages, load: { ...load, probes: 40 } },
    'too few clients for `reconnect.outage{fault=reset}.p99 < 9s`: a p99 needs about 600 clients that reconnect, and 40 are planned. Use `--listeners 686`.',
  ],
  [
    'fallback.time.p95 < 2s',
    { matrix },
    'too few clients for `fallback.time.p95 < 2s`: a p95 needs about 120 clients that fall back, and 20 are planned. Use `clients: 138` in the matrix.',
  ],
])('says that %s will have too few samples, and what has enough: %#', (threshold, change, words) => {
  const scenario = { ...plan.scenario, thresholds: [threshold, 'broadcast.latency.max < 1s'] };
  const phases = { ...plan.phases, measure: 7 };
  expect(planSheet({ ...plan, scenario, phases, ...change }, plainTerminal)).toContain(words);
});

test('says nothing of percentiles with enough samples', () => {
  const scenario = { ...plan.scenario, thresholds: ['broadcast.latency.p99 < 250ms', 'reconnect.time.p95 < 5s'] };
  const enough = { ...plan, scenario, load: { ...load, offered: 600 } };
  expect(planSheet(enough, plainTerminal)).not.toContain('too few');
});

test('has its lines one below the other', () => {
  const lines = [
    ...planSheet(plan, plainTerminal).split('\n').slice(1),
    sheetLine('live', 'http://127.0.0.1:1/', plainTerminal),
  ];
  expect(lines.map((line) => /^ {2}\w+ {2,}/.exec(line)?.[0].length)).toEqual(lines.map(() => 12));
});

test('says who speaks', () => {
  expect(planSheet({ ...plan, target: { ...target, mode: 'listening' } }, plainTerminal)).toContain(
    '2 listeners: only the server speaks',
  );
  expect(planSheet({ ...plan, target: { ...target, mode: 'asking' } }, plainTerminal)).toContain(
    'requests that an ack answers',
  );
});
