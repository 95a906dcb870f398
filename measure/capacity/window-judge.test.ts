import { describe, expect, test } from 'vitest';
import { plan } from '../../test/support/plan.ts';
import { Histogram } from '../metrics/histogram.ts';
import { sourceOf } from '../metrics/source.ts';
import type { Window } from '../metrics/window.ts';
import { USERS_MISSING, WindowJudge } from './window-judge.ts';

const slo = ['broadcast.latency.p99 < 250ms', 'delivery.lost == 0', 'connections.failed == 0'];

function latencies(...values: number[]): string {
  const histogram = new Histogram();
  for (const value of values) histogram.record(value);
  return histogram.encode();
}

function probes(at: number, change: Partial<Window> = {}): Window {
  return {
    at,
    source: sourceOf('probes'),
    counters: { 'delivery.expected': 100, 'delivery.delivered': 100 },
    histograms: { 'broadcast.latency': latencies(5, 10, 20) },
    gauges: {},
    ...change,
  };
}

function crowd(at: number, counters: Window['counters'], gauges: Window['gauges'] = {}): Window {
  return { at, source: sourceOf('crowd'), counters, histograms: {}, gauges };
}

/** Two seconds at a level of 50 users, which have come before. */
function judged(...windows: Window[]) {
  const judge = new WindowJudge(plan, slo);
  judge.add([crowd(0, { 'connections.established{by=crowd}': 50 }), probes(10), probes(11), ...windows]);
  return judge.judge({ from: 10, to: 12, since: 9, users: 50 });
}

describe('a window', () => {
  test('in which everything is as it should be holds', () => {
    expect(judged()).toMatchObject({ held: true, broke: [], lost: 0, deliveriesPerSecond: 100 });
  });

  test('whose latency is too high does not, however few samples there are', () => {
    const slow = probes(10, { counters: {}, histograms: { 'broadcast.latency': latencies(900) } });
    expect(judged(slow)).toMatchObject({ held: false, broke: [slo[0]] });
  });

  test('in which something has not come yet has lost it', () => {
    expect(judged(probes(11, { counters: { 'delivery.expected': 3 }, histograms: {} }))).toMatchObject({
      held: false,
      lost: 3,
      broke: [slo[1]],
    });
  });

  test('in which a user was turned away or cut off does not hold; those who were told to go do not count', () => {
    expect(judged(crowd(11, { 'users.absent{reason=connect: refused}': 1 })).broke).toEqual([slo[2]]);
    expect(judged(crowd(9, { 'disconnects{by=crowd,reason=transport close}': 1 })).broke).toEqual([slo[2]]);
    const told = crowd(10, { 'disconnects{by=crowd,reason=io client disconnect}': 0 });
    expect(judged(told).broke).toEqual([]);
  });

  test('at a level that was not reached does not hold', () => {
    const gone = crowd(9, { 'disconnects{by=crowd,reason=io client disconnect}': 10 });
    expect(judged(gone)).toMatchObject({ held: false, broke: [USERS_MISSING] });
  });

  test('in which the generator was busy, stood still or was late says nothing', () => {
    const busy = [10, 11].map((at) => crowd(at, {}, { 'loopUtilization{role=crowd}': 0.99 }));
    const still = crowd(10, {}, { 'loopStall{role=probes}': 500 });
    const late = probes(10, { counters: {}, histograms: { 'generator.lag': latencies(80) } });
    for (const windows of [busy, [still], [late]]) expect(judged(...windows).held).toBeNull();
    // For a second only, it was not busy for as long.
    expect(judged(busy[0]!).held).toBe(true);
  });

  test('of nothing at all does not hold', () => {
    expect(new WindowJudge(plan, slo).judge({ from: 0, to: 2, since: 0, users: 0 })).toMatchObject({ held: false });
  });
});
