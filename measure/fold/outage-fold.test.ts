import { describe, expect, test } from 'vitest';
import { plan } from '../../test/support/plan.ts';
import type { BotEvent, Event, EventLine } from '../metrics/events.ts';
import { sourceOf } from '../metrics/source.ts';
import { OpenWindows, type Window } from '../metrics/window.ts';
import { numberOf } from '../run-record/read-metrics.ts';
import type { RunPlan } from '../run-record/run-record.ts';
import { fold } from './fold.ts';

/** Three probes, one fault from second 4 to 5, looked at until second 10; then bot 2 changes networks. */
const faultPlan: RunPlan = {
  ...plan,
  phases: { warmup: 1, measure: 14, drain: 1 },
  outages: [
    { fault: 'cut', kinds: ['reset'], cuts: 'openly', what: 'links: reset', bots: [0, 2], from: 4, until: 5, to: 10 },
    { fault: 'mobile', kinds: ['persona'], cuts: 'never', what: 'persona', bots: [2, 1], from: 10, until: 10, to: 15 },
  ],
};

const link = { transport: 'websocket', recovered: false, afterMs: 5, openedAgoMs: 2 } as const;
const up = (bot: number, at: number, recovered = false): BotEvent => ({
  kind: 'connected',
  at,
  bot,
  ...link,
  recovered,
});
const down = (bot: number, at: number, reason = 'transport close'): BotEvent => ({
  kind: 'disconnected',
  at,
  bot,
  reason,
});
const tries = (bot: number, at: number): BotEvent => ({ kind: 'connecting', at, bot });
const joins = (bot: number, at: number): BotEvent => ({ kind: 'joined', at, bot, room: 0 });
const hears = (bot: number, at: number): BotEvent => {
  return { kind: 'heard', at, bot, transport: 'websocket', sinceConnectMs: at, joinedAgoMs: 1 };
};

const cut: Event[] = [
  { kind: 'faultOn', at: 4000, fault: 'cut' },
  { kind: 'faultOff', at: 5000, fault: 'cut' },
];

function outagesOf(...events: Event[]) {
  const all = [up(0, 100), up(1, 100), up(2, 100), ...cut, ...events];
  const lines = all.map((event): EventLine => ({ at: event.at / 1000, source: sourceOf('probes'), event }));
  const record = fold(faultPlan, lines);
  return { ...record, outage: record.outages[0]! };
}

describe('what a fault did to the probes', () => {
  test('is told by when they noticed, tried, were back, in their room, and heard themselves there', () => {
    const { outage, metrics } = outagesOf(
      ...[down(0, 4010), tries(0, 5000), up(0, 5020), joins(0, 5030), hears(0, 5050)],
      ...[down(1, 4030), tries(1, 4500), tries(1, 6500), up(1, 6520), joins(1, 6521), hears(1, 6525)],
    );
    expect(outage).toMatchObject({
      onAt: 4,
      offAt: 5,
      clients: 2,
      disconnected: 2,
      back: 2,
      deaf: 0,
      attempts: 3,
      never: [],
      failed: [],
    });
    expect(outage.backAfter).toEqual({ half: 1.02, most: 2.52, all: 2.52 });
    expect(metrics['reconnect.detect{fault=cut}']).toMatchObject({ count: 2, min: 10, max: 30 });
    expect(metrics['reconnect.attempt{fault=cut}']).toMatchObject({ count: 2, max: expect.closeTo(990, -1) });
    expect(metrics['reconnect.time{fault=cut}']).toMatchObject({ count: 2, min: expect.closeTo(1010, -1) });
    expect(metrics['reconnect.attempts{fault=cut}']).toMatchObject({ unit: '1', count: 2, max: 2 });
    expect(metrics['reconnect.rejoin{fault=cut}']).toMatchObject({ min: 1, max: 10 });
    expect(metrics['reconnect.firstMessage{fault=cut}']).toMatchObject({ min: 5, max: 30 });
    expect(metrics['reconnect.back{fault=cut}']).toEqual({ unit: 'ratio', value: 1 });
    expect(outage.herd).toMatchObject({ peakPerSecond: 10, attempts: expect.any(Array) });
    expect(outage.herd.attempts.reduce((a, b) => a + b, 0)).toBe(3);
  });

  test('names those who never came back by their last reason', () => {
    const { outage, metrics } = outagesOf(
      ...[down(0, 4010, 'io server disconnect')],
      ...[down(1, 4010), tries(1, 5000), { kind: 'connectFailed', at: 5010, bot: 1, reason: 'timeout' } as const],
    );
    expect(outage).toMatchObject({ back: 0, backAfter: { half: null, most: null, all: null } });
    expect(outage.never).toEqual([
      { reason: 'io server disconnect', clients: 1 },
      { reason: 'timeout', clients: 1 },
    ]);
    expect(metrics['reconnect.back{fault=cut}']).toEqual({ unit: 'ratio', value: 0 });
  });

  test('counts those who are connected and in their room, and hear nothing there, as deaf', () => {
    const { outage } = outagesOf(down(0, 4010), up(0, 5020), joins(0, 5030));
    expect(outage).toMatchObject({ back: 2, deaf: 1 });
  });

  test('tells of a client that is cut again and again each time, and the whole as one outage', () => {
    const { outage, metrics } = outagesOf(down(0, 4010), up(0, 4500, true), down(0, 4700), up(0, 5500));
    expect(outage).toMatchObject({ disconnected: 1, reconnects: 2, recovered: 1 });
    expect(metrics['reconnect.time{fault=cut}']).toMatchObject({
      count: 2,
      min: expect.closeTo(490, -1),
      max: expect.closeTo(800, -1),
    });
    expect(metrics['reconnect.outage{fault=cut}']).toMatchObject({ count: 1, max: expect.closeTo(1500, -1) });
  });

  test('of a few is counted for those and for each time, without the ledger of everyone', () => {
    const happens = (at: number): Event => ({ kind: 'faultOn', at, fault: 'mobile', bots: [2] });
    const { outages } = outagesOf(
      ...[happens(11_000), down(2, 11_010), tries(2, 11_020), up(2, 11_100)],
      ...[happens(12_000), down(2, 12_005), tries(2, 12_010), up(2, 12_050)],
    );
    expect(outages[1]).toMatchObject({
      fault: 'mobile',
      clients: 2,
      disconnected: 2,
      back: 2,
      ledger: null,
      steadyAfter: null,
    });
    expect(outages[1]!.backAfter.all).toBe(0.1);
  });

  test('that begins again before its client is back prolongs the outage', () => {
    const happens = (at: number): Event => ({ kind: 'faultOn', at, fault: 'mobile', bots: [2] });
    const { outages } = outagesOf(happens(11_000), down(2, 11_100), happens(11_500), tries(2, 12_400), up(2, 12_500));
    expect(outages[1]).toMatchObject({ clients: 1, disconnected: 1, back: 1, never: [] });
    expect(outages[1]!.backAfter.all).toBe(1.5);
  });

  test('is nothing where the run never came to it', () => {
    const record = fold(faultPlan, []);
    expect(record.outages).toEqual([]);
  });

  test('says how long ghosts were seen, and whether the list was right in the end', () => {
    const look = (at: number, ghosts: number): Event => ({ kind: 'presence', at, room: 0, ghosts, missing: 0 });
    const { outage } = outagesOf(look(4500, 2), look(6000, 1), look(9000, 0));
    expect(outage.presence).toEqual({ ghosts: 2, missing: 0, ghostsUntil: 2, rightAtEnd: true });
    expect(outagesOf(look(9000, 1)).outage.presence?.rightAtEnd).toBe(false);
    expect(outagesOf().outage.presence).toBeNull();
  });
});

test('the ledger of a fault is that of the messages due while it was looked at, and calm comes back by p99', () => {
  const windows = new OpenWindows(sourceOf('probes'));
  const expected = windows.counter('delivery.expected');
  const missed = windows.counter('delivery.missed{cause=cut}');
  const latency = windows.histogram('broadcast.latency');
  for (let second = 1; second < 15; second++) {
    windows.add(expected, second * 1000, 10);
    if (second === 4) windows.add(missed, 4000, 3);
    windows.record(latency, second * 1000, second === 5 || second === 6 ? 900 : 5);
  }
  const lines = [
    ...windows.flush(),
    ...cut.map((event) => ({ at: event.at / 1000, source: sourceOf('proxy'), event })),
  ];
  const { outages, metrics } = fold(faultPlan, lines);
  expect(outages[0]!.ledger).toMatchObject({ expected: 60, missed: 3, missedBy: { cut: 3, offline: 0 } });
  expect(outages[0]!.steadyAfter).toBe(2);
  expect(metrics['delivery.expected{fault=cut}']).toEqual({ unit: '1', value: 60 });
});

describe('what was asked for and did not happen', () => {
  const whole: EventLine[] = [
    { at: 15, source: sourceOf('probes'), event: { kind: 'closed', at: 15_000 } },
    { at: 15, source: sourceOf('conductor'), event: { kind: 'ended', at: 15_000 } },
  ];
  const thresholds = ['reconnect.back{fault=mobile} == 1'];
  const asked = { ...faultPlan, scenario: { ...faultPlan.scenario, thresholds } };
  const folded = (...events: Event[]) => {
    const happened = [up(0, 100), up(1, 100), up(2, 100), down(0, 4010), up(0, 5000), ...cut, ...events];
    const lines = happened.map((event): EventLine => ({ at: event.at / 1000, source: sourceOf('probes'), event }));
    return fold(asked, [...lines, ...whole]);
  };

  test('a persona that did nothing makes the run invalid, and its thresholds unknown', () => {
    const { verdict, outages } = folded();
    expect(outages.map(({ fault }) => fault)).toEqual(['cut']);
    expect(verdict.breaches).toContainEqual({ gate: 'unmade', faults: ['mobile'] });
    expect(verdict.thresholds).toMatchObject([{ outcome: 'unknown', why: 'notTested' }]);
  });

  test('a persona whose code failed is told with its reasons, also where it failed before anything happened', () => {
    const { verdict, outages } = folded({
      kind: 'personaFailed',
      at: 10_000,
      bot: 2,
      reason: 'persona mobile: no lift',
    });
    expect(outages[1]).toMatchObject({ fault: 'mobile', failed: [{ reason: 'persona mobile: no lift', clients: 1 }] });
    const reasons = ['persona mobile: no lift'];
    expect(verdict.breaches).toContainEqual({ gate: 'persona', persona: 'mobile', clients: 1, of: 1, reasons });
    expect(verdict.breaches.map(({ gate }) => gate)).not.toContain('unmade');
    expect(verdict.thresholds).toMatchObject([{ outcome: 'unknown' }]);
  });

  test('what happened is no breach', () => {
    const mobile: Event[] = [
      { kind: 'faultOn', at: 10_000, fault: 'mobile', bots: [2] },
      { kind: 'faultOff', at: 11_000, fault: 'mobile', bots: [2] },
    ];
    const gates = folded(...mobile, down(2, 10_100), up(2, 10_200)).verdict.breaches.map(({ gate }) => gate);
    expect(gates).not.toContain('unmade');
    expect(gates).not.toContain('persona');
  });
});

test('every expected delivery of a run with faults and personas stands in exactly one row', () => {
  const second = (at: number): Window => ({
    at,
    source: sourceOf('probes'),
    counters: { 'delivery.expected': 10, 'delivery.delivered': 7, 'delivery.missed{cause=cut}': at % 3 },
    histograms: {},
    gauges: {},
  });
  const planned = { kinds: ['reset'], cuts: 'openly' as const, what: 'x' };
  const timed: RunPlan = {
    ...plan,
    phases: { warmup: 2, measure: 18, drain: 2 },
    outages: [
      { ...planned, fault: 'reset', bots: [0, 2], from: 4, until: 6, to: 9 },
      { ...planned, fault: 'kill', bots: [0, 2], from: 10, until: 11, to: 14 },
      { ...planned, kinds: ['persona'], fault: 'mobile', bots: [2, 1], from: 14, until: 16, to: 18 },
      { ...planned, kinds: ['persona'], fault: 'laptop', bots: [3, 1], from: 14, until: 16, to: 18 },
    ],
  };
  const on = timed.outages.flatMap(({ fault, from, until }): EventLine[] => [
    { at: from, source: sourceOf('proxy'), event: { kind: 'faultOn', fault, at: from * 1000 } },
    { at: until, source: sourceOf('proxy'), event: { kind: 'faultOff', fault, at: until * 1000 } },
  ]);
  // The probes never closed: what they had not settled is unknown, in the rows as in the sum.
  const { outages, betweenFaults, metrics } = fold(timed, [
    ...on,
    ...Array.from({ length: 22 }, (_, at) => second(at)),
  ]);
  const rows = [...outages.flatMap(({ ledger }) => ledger ?? []), betweenFaults!.personas!, betweenFaults!.calm];
  // A fault that was never made leaves its seconds to the others.
  const unmade = fold(
    timed,
    Array.from({ length: 22 }, (_, at) => second(at)),
  );
  expect([unmade.outages, unmade.betweenFaults?.personas, unmade.betweenFaults?.calm.expected]).toEqual([
    [],
    null,
    180,
  ]);
  expect(rows.map(({ expected }) => expected)).toEqual([50, 40, 40, 50]);
  for (const outcome of ['expected', 'delivered', 'missed', 'unknown'] as const) {
    const sum = rows.reduce((total, row) => total + row[outcome], 0);
    expect([outcome, sum]).toEqual([outcome, numberOf({ metrics }, `delivery.${outcome}`)]);
  }
});
