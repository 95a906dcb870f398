import { describe, expect, test } from 'vitest';
import { plan } from '../../test/support/plan.ts';
import type { RunPlan } from '../run-record/run-record.ts';
import { plannedSamples, sampleNeedOf } from './planned-samples.ts';

describe('what a threshold needs', () => {
  test.each([
    ['broadcast.latency.p99 < 250ms', 'message', 600],
    ['broadcast.latency{transport=polling}.p95 < 1s', 'message', 120],
    ['ack.latency.p999 < 1s', 'message', 6000],
    ['generator.lag.p50 < 1ms', 'message', 12],
    ['reconnect.time.p95 < 5s', 'reconnect', 120],
    ['reconnect.outage{fault=reset}.p99 < 5s', 'reconnect', 600],
    ['fallback.time{order=polling-first}.p90 < 2s', 'fallback', 60],
    ['connect.time.p99 < 1s', 'connect', 600],
    ['upgrade.time.p95 < 1s', 'upgrade', 120],
    ['broadcast.catchup.p99 < 1s', 'other', 600],
  ])('%s', (threshold, kind, wanted) => {
    expect(sampleNeedOf(threshold)).toMatchObject({ threshold, kind, wanted });
  });

  test.each(['delivery.lost == 0', 'broadcast.latency.max < 1s', 'reconnect.time.count > 3'])('%s: nothing', (text) => {
    expect(sampleNeedOf(text)).toBeUndefined();
  });
});

const fault = { kinds: ['reset'], what: 'x', from: 10, until: 10, to: 20, bots: [0, 40] as [number, number] };
const outages: RunPlan['outages'] = [
  { ...fault, fault: 'reset', cuts: 'openly' },
  { ...fault, fault: 'blackhole', cuts: 'silently', until: 16 },
  { ...fault, fault: 'flapping', cuts: 'openly', until: 14 },
  { ...fault, fault: 'kill', kinds: ['server-kill'], cuts: 'openly', until: 12 },
  { ...fault, fault: 'latency', cuts: 'never', until: 15 },
];
const reconnecting = { ...plan, outages, load: { ...plan.load, probes: 40, offered: 300, rooms: 3 } };
const orders = ['polling-first', 'polling-only'];
const networks = ['open', 'refused', 'swallowed'];
const matrix: RunPlan = {
  ...plan,
  matrix: {
    orders,
    networks,
    clientTimeoutMs: 2000,
    cells: orders.flatMap((order) =>
      networks.map((network) => ({ order, network, bots: [0, 20] as [number, number], from: 0, to: 8 })),
    ),
    costs: [],
  },
};

test.each<[string, RunPlan, number | undefined]>([
  ['broadcast.latency.p99 < 1s', reconnecting, 300],
  ['broadcast.latency{room=storm-1}.p99 < 1s', reconnecting, 100],
  ['broadcast.latency{by=crowd}.p99 < 1s', reconnecting, undefined],
  ['broadcast.latency{network=open}.p99 < 1s', matrix, undefined],
  ['broadcast.latency.p99 < 1s', { ...plan, target: { ...plan.target, mode: 'listening' } }, undefined],
  ['reconnect.outage.p95 < 1s', reconnecting, 160],
  ['reconnect.time.p95 < 1s', reconnecting, 320],
  ['reconnect.time{fault=flapping}.p95 < 1s', reconnecting, 200],
  ['reconnect.time{fault=blackhole}.p95 < 1s', reconnecting, 40],
  ['reconnect.time{fault=latency}.p95 < 1s', reconnecting, undefined],
  ['reconnect.time.p95 < 1s', plan, undefined],
  ['connect.time.p95 < 1s', reconnecting, 360],
  ['connect.time.p95 < 1s', plan, 2],
  ['connect.time{network=open}.p95 < 1s', matrix, 40],
  ['fallback.time.p95 < 1s', matrix, 80],
  ['fallback.time{order=polling-first,network=refused}.p95 < 1s', matrix, 20],
  ['fallback.time.p95 < 1s', plan, undefined],
])('%s of a plan', (threshold, planned, samples) => {
  expect(plannedSamples(planned, sampleNeedOf(threshold)!)).toBe(samples);
});
