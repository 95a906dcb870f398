import { expect, test } from 'vitest';
import { plan } from '../../test/support/plan.ts';
import type { BotEvent, EventLine } from '../metrics/events.ts';
import { sourceOf } from '../metrics/source.ts';
import type { Window } from '../metrics/window.ts';
import type { RunPlan } from '../run-record/run-record.ts';
import { fold } from './fold.ts';

/** Two clients polling first and two on WebSocket only, on a network that refuses upgrades; then polling alone. */
const matrixPlan: RunPlan = {
  ...plan,
  phases: { warmup: 0, measure: 4, drain: 1 },
  matrix: {
    orders: ['polling-first', 'websocket-only'],
    networks: ['refused'],
    clientTimeoutMs: 2000,
    cells: [
      { order: 'polling-first', network: 'refused', bots: [0, 2], from: 0, to: 2 },
      { order: 'websocket-only', network: 'refused', bots: [2, 2], from: 0, to: 2 },
    ],
    costs: [{ transport: 'polling', network: 'alone', from: 2, to: 4 }],
  },
};

const times = { afterMs: 20, openedAgoMs: 5 };
const polling = { transport: 'polling' } as const;

const history: BotEvent[] = [
  ...[0, 1].flatMap((bot): BotEvent[] => [
    { kind: 'opened', at: 10, bot, ...polling, afterMs: 10 },
    { kind: 'connected', at: 20, bot, ...polling, recovered: false, ...times },
    { kind: 'heard', at: 30, bot, ...polling, sinceConnectMs: 30 + bot, joinedAgoMs: 5 },
    { kind: 'upgradeFailed', at: 40, bot, reason: 'no' },
  ]),
  { kind: 'connectFailed', at: 15, bot: 2, reason: '403' },
  { kind: 'connectFailed', at: 915, bot: 2, reason: '403' },
  ...[1, 2, 3].flatMap((n): BotEvent[] => [
    { kind: 'opened', at: 100 * n, bot: 3, transport: 'websocket', afterMs: 10 },
    { kind: 'disconnected', at: 100 * n + 50, bot: 3, reason: 'cut' },
  ]),
];

const lines: (EventLine | Window)[] = [
  ...history.map((event) => ({ at: event.at / 1000, source: sourceOf('probes'), event })),
  {
    at: 1,
    source: sourceOf('conductor'),
    counters: { 'server.refused{reason=BAD_REQUEST}': 3 },
    histograms: {},
    gauges: {},
  },
  ...[1, 2, 3].map((at) => ({
    at,
    source: sourceOf('probes'),
    counters: {
      'delivery.expected{transport=polling,network=alone}': 10,
      'delivery.delivered{transport=polling,network=alone}': 10,
    },
    histograms: {},
    gauges: { 'cpu{role=server}': 5 },
  })),
  ...[1, 2, 3].map((at) => ({
    at,
    source: sourceOf('proxy'),
    counters: { 'bytes.in{transport=polling,network=alone}': 1000, 'bytes.out{transport=polling,network=alone}': 3000 },
    histograms: {},
    gauges: {},
  })),
];

test('a cell says who got through, over what, who kept connecting again, and what they said of it', () => {
  const { fallback } = fold(matrixPlan, lines);
  expect(fallback?.cells).toEqual([
    {
      order: 'polling-first',
      network: 'refused',
      clients: 2,
      through: 2,
      flapping: 0,
      disconnects: 0,
      medianMs: { connect: 20, upgrade: null, fallback: 30.5 },
      transports: { polling: 2, websocket: 0 },
      troubles: [{ at: 'upgrade', reason: 'no', clients: 2 }],
    },
    {
      order: 'websocket-only',
      network: 'refused',
      clients: 2,
      through: 0,
      flapping: 1,
      disconnects: 3,
      medianMs: { connect: null, upgrade: null, fallback: null },
      transports: { polling: 0, websocket: 0 },
      troubles: [
        { at: 'connect', reason: '403', clients: 1 },
        { at: 'disconnect', reason: 'cut', clients: 1 },
      ],
    },
  ]);
  expect(fallback?.refusals).toEqual({ refused: { BAD_REQUEST: 3 } });
});

test('shares are told by cell, by order, by network and altogether; times likewise', () => {
  const { metrics } = fold(matrixPlan, lines);
  const value = (key: string) => (metrics[key] as { value: number }).value;
  expect(value('fallback.connected{order=polling-first,network=refused}')).toBe(1);
  expect(value('fallback.connected{order=websocket-only}')).toBe(0);
  expect(value('fallback.connected{network=refused}')).toBe(0.5);
  expect(value('fallback.connected')).toBe(0.5);
  expect(value('fallback.flapping{order=websocket-only}')).toBe(0.5);
  for (const labels of ['', '{order=polling-first}', '{network=refused}', '{order=polling-first,network=refused}']) {
    expect(metrics[`fallback.time${labels}`]).toMatchObject({ count: 2, max: 31 });
  }
  expect(metrics['connect.time{network=refused}']).toMatchObject({ count: 2, max: 20 });
});

test('what a delivered message costs is taken from the seconds in which its transport was alone', () => {
  const { metrics } = fold(matrixPlan, lines);
  expect(metrics['bytes.perDelivery{transport=polling}']).toEqual({ unit: 'bytes', value: 400 });
  expect(metrics['server.cpuPerDelivery{transport=polling}']).toEqual({ unit: 'ms', value: 5 });
});

test('a run without a matrix has no cells', () => {
  expect(fold(plan, lines).fallback).toBeNull();
});
