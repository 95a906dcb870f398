import { expect, test } from 'vitest';
import type { RunPlan } from '../../measure/run-record/run-record.ts';
import { plan } from '../../test/support/plan.ts';
import { planSheet } from './plan-sheet.ts';
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
  expect(sheet).toContain('about 10 s in all');
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

test('says which percentiles will have too few messages, and what has enough', () => {
  const scenario = { ...plan.scenario, thresholds: ['broadcast.latency.p99 < 250ms', 'broadcast.latency.max < 1s'] };
  const phases = { ...plan.phases, measure: 7 };
  const load = { ...plan.load, talkers: 4, ratePerTalker: 10, offered: 280 };
  expect(planSheet({ ...plan, scenario, phases, load }, plainTerminal)).toContain(
    'warning    too few messages for `broadcast.latency.p99 < 250ms`: a p99 needs about 600 messages, and 280 are planned. Use `--duration 18s` or `--rate 25/s`.',
  );
  expect(planSheet({ ...plan, scenario, load: { ...load, offered: 700 } }, plainTerminal)).not.toContain('too few');
});

test('says who speaks', () => {
  expect(planSheet({ ...plan, target: { ...target, mode: 'listening' } }, plainTerminal)).toContain(
    '2 listeners: only the server speaks',
  );
  expect(planSheet({ ...plan, target: { ...target, mode: 'asking' } }, plainTerminal)).toContain(
    'requests that an ack answers',
  );
});
