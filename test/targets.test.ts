import { describe, expect, test } from 'vitest';
import { slotsOf } from '../bots/schedule.ts';
import { expectAccount, expectKicks, measuredDeliveries, own } from './targets/account.ts';
import { type Performance, type Plan, performAgainst, roomOf, shortPlan } from './targets/performance.ts';

const TEST_MS = 30_000;

describe.concurrent('the harness counts exactly what a target did that', () => {
  test('does as it should', { timeout: TEST_MS }, async () => {
    const performance = await performAgainst('clean');
    expect(performance.truth.measured).toBe(300);
    expect(measuredDeliveries(performance)).toBe(1300);
    expectAccount(performance);
  });

  test('drops deliveries', { timeout: TEST_MS }, async () => {
    const performance = await performAgainst('drops');
    const dropped = own(performance, 'dropped');
    const holed = own(performance, 'holed');
    const { messages } = performance.truth;
    expectAccount(performance, {
      'delivery.lost': dropped,
      'messages.incomplete': holed,
      'messages.complete': messages - holed,
    });
  });

  test('discards messages without a word', { timeout: TEST_MS }, async () => {
    const performance = await performAgainst('discards');
    const discarded = own(performance, 'discarded');
    const { messages } = performance.truth;
    expectAccount(performance, {
      'delivery.lost': own(performance, 'owed'),
      'messages.incomplete': discarded,
      'messages.complete': messages - discarded,
    });
  });

  test('duplicates deliveries', { timeout: TEST_MS }, async () => {
    const performance = await performAgainst('duplicates');
    const duplicated = own(performance, 'duplicated');
    const { deliveries } = performance.truth;
    expectAccount(performance, {
      'delivery.duplicate': duplicated,
      'delivery.delivered': deliveries - duplicated,
    });
  });

  test('swaps two messages of a sender', { timeout: TEST_MS }, async () => {
    const performance = await performAgainst('swaps');
    expectAccount(performance, { 'delivery.reordered': own(performance, 'overtaken') });
  });

  test('changes a character of the text', { timeout: TEST_MS }, async () => {
    const performance = await performAgainst('garblesText');
    expectAccount(performance, { 'delivery.corrupted': own(performance, 'garbled') });
  });

  test('changes a character of the token', { timeout: TEST_MS }, async () => {
    const performance = await performAgainst('garblesTokens');
    const garbled = own(performance, 'garbled');
    const holed = own(performance, 'holed');
    own(performance, 'round', 1);
    const { messages, deliveries } = performance.truth;
    expectAccount(performance, {
      'delivery.corrupted': garbled,
      'delivery.delivered': deliveries - garbled,
      'delivery.lost': garbled,
      'messages.incomplete': holed,
      'messages.complete': messages - holed,
    });
    expect(performance.examples.corrupted!.every(({ message }) => message === null)).toBe(true);
  });

  test('sends a message into the wrong room as well', { timeout: TEST_MS }, async () => {
    const performance = await performAgainst('misroutes');
    const misrouted = own(performance, 'misrouted');
    const { deliveries } = performance.truth;
    expectAccount(performance, {
      'delivery.misrouted': misrouted,
      'delivery.delivered': deliveries - misrouted,
    });
  });

  test('sends a message into the wrong room instead', { timeout: TEST_MS }, async () => {
    const performance = await performAgainst('diverts');
    const misrouted = own(performance, 'misrouted');
    const diverted = own(performance, 'diverted');
    const { messages, deliveries } = performance.truth;
    expectAccount(performance, {
      'delivery.misrouted': misrouted,
      'delivery.delivered': deliveries - misrouted,
      'delivery.lost': own(performance, 'owed'),
      'messages.incomplete': diverted,
      'messages.complete': messages - diverted,
    });
  });

  test('invents messages', { timeout: TEST_MS }, async () => {
    const performance = await performAgainst('invents');
    const invented = own(performance, 'invented');
    const { deliveries } = performance.truth;
    expectAccount(performance, {
      'delivery.phantom': invented,
      'delivery.delivered': deliveries - invented,
    });
  });

  test('refuses messages and broadcasts them all the same', { timeout: TEST_MS }, async () => {
    const performance = await performAgainst('refuses');
    const despite = own(performance, 'despite');
    const { messages, refusals, present, deliveries } = performance.truth;
    expect(refusals).toBeGreaterThanOrEqual(5);
    expectAccount(performance, {
      'delivery.phantom': despite,
      'delivery.expected': present - despite,
      'delivery.delivered': deliveries - despite,
      'messages.ok': messages - refusals,
      'messages.refused': refusals,
      'messages.complete': messages - refusals,
      'errors{reason=refused: no}': refusals,
    });
  });

  test('acknowledges and never broadcasts', { timeout: TEST_MS }, async () => {
    const performance = await performAgainst('acksOnly');
    const { messages, present, acks, deliveries } = performance.truth;
    expect([acks, deliveries]).toEqual([messages, 0]);
    expectAccount(performance, {
      'delivery.lost': present,
      'messages.incomplete': messages,
      'messages.complete': 0,
    });
  });

  test('broadcasts and never acknowledges', { timeout: TEST_MS }, async () => {
    const performance = await performAgainst('neverAcks');
    expect(performance.truth.acks).toBe(0);
    expectAccount(performance);
  });
});

describe.concurrent('the ledger balances against a target that', () => {
  /** Long enough for everyone who is kicked in the first second to come back. */
  const plan: Plan = { ...shortPlan, talkMs: 3500 };

  test('closes connections', { timeout: TEST_MS }, async () => {
    const performance = await performAgainst('kicks', plan);
    const kicks = own(performance, 'kicks');
    const bots = plan.talkers + plan.listeners;
    expectKicks(performance, kicks, 'transport close');
    expect(performance.truth.connections).toBe(bots + kicks);
    expect(performance.counters['reconnect.count']).toBe(kicks);
  });

  test('forgets messages and closes the connections of their senders', { timeout: TEST_MS }, async () => {
    const performance = await performAgainst('hangsUp', plan);
    const kicks = own(performance, 'kicks', 3);
    expectKicks(performance, kicks, 'transport close');
    expect(performance.counters['messages.info']).toBeGreaterThanOrEqual(kicks);
    expect(performance.counters['reconnect.count']).toBe(kicks);
  });

  test('tells clients to go', { timeout: TEST_MS }, async () => {
    const performance = await performAgainst('expels', plan);
    expectKicks(performance, own(performance, 'kicks'), 'io server disconnect');
    expect(performance.counters['reconnect.count']).toBeUndefined();
  });
});

describe('the harness measures as late as a target was that', () => {
  const plan: Plan = { ...shortPlan, drainMs: 5000 };

  test('holds every message back for 40 ms', { timeout: TEST_MS }, async () => {
    expectDelays(await performAgainst('delays', plan), [0, 50, 90, 99.5]);
  });

  test('holds some messages back for 100 ms and the others for 1 ms', { timeout: TEST_MS }, async () => {
    expectDelays(await performAgainst('delaysSome', plan), [0, 50, 90, 99.5]);
  });

  test('stands still for 1.4 s', { timeout: TEST_MS }, async () => {
    const performance = await performAgainst('freezes', plan);
    const { schedule, startAt, truth } = performance;
    const from = truth.own.from! - startAt;
    const to = truth.own.to! - startAt;
    expect(to - from).toBeGreaterThanOrEqual(1400);
    // Whatever was due while the target stood still cannot have been delivered before it moved again.
    const waits = [...slotsOf(schedule)].flatMap(({ bot: talker, dueAt }) => {
      const wait = dueAt > from && dueAt < to ? to - dueAt : 0;
      return Array<number>(roomOf(plan, talker) === 0 ? 5 : 3).fill(wait);
    });
    expectAccount(performance);
    for (const percent of [50, 75, 90, 99, 99.5]) expectAtLeast(performance, percent, quantile(waits, percent));
  });

  /** Each sample is above the target's own delay by the way there and back only: by what either process made it wait. */
  function expectDelays(performance: Performance, percents: readonly number[]): void {
    const { histograms, stallMs, truth } = performance;
    expectAccount(performance, { 'delivery.reordered': truth.own.overtaken ?? 0 });
    expect(truth.delays.length).toBe(truth.deliveries - truth.closingDeliveries);
    const margin = 10 + histograms.get('generator.lag')!.max + stallMs + truth.stallMs;
    const latency = histograms.get('broadcast.latency')!;
    for (const percent of percents) {
      const delay = quantile(truth.delays, percent);
      expectAtLeast(performance, percent, delay);
      expect(latency.percentile(percent), `p${percent}`).toBeLessThan((delay + margin) * 1.001);
    }
  }

  function expectAtLeast({ histograms }: Performance, percent: number, ms: number): void {
    expect(histograms.get('broadcast.latency')!.percentile(percent), `p${percent}`).toBeGreaterThanOrEqual(ms * 0.999);
  }

  /** The quantile by the nearest rank, as HdrHistogram has it. */
  function quantile(values: readonly number[], percent: number): number {
    const rank = Math.max(1, Math.floor((percent / 100) * values.length + 0.5));
    return [...values].sort((a, b) => a - b)[rank - 1]!;
  }
});

test('a clean server gives no anomaly of any kind in 100,000 deliveries', { timeout: 60_000 }, async () => {
  const plan: Plan = { talkers: 8, rate: 100, talkMs: 5100, listeners: 42, drainMs: 10_000 };
  const performance = await performAgainst('clean', plan);
  expect(measuredDeliveries(performance)).toBeGreaterThanOrEqual(100_000);
  expectAccount(performance);
});
