import { describe, expect, test } from 'vitest';
import { everyoneJoined, plan } from '../../test/support/plan.ts';
import type { CapacityWindowEvent, EventLine, RunEvent } from '../metrics/events.ts';
import { sourceOf } from '../metrics/source.ts';
import { OpenWindows, type Window } from '../metrics/window.ts';
import type { RunPlan } from '../run-record/run-record.ts';
import { fold } from './fold.ts';

const search: NonNullable<RunPlan['search']> = {
  ...{ find: 'users', from: 100, most: 10_000, unit: 20, users: 0, roomSize: 20, userRate: 1 },
  ...{ window: 5, precision: 1.5, good: 0.8, confidence: 0.8, until: 900, slo: ['delivery.lost == 0'] },
};
const searching: RunPlan = {
  ...plan,
  scenario: { ...plan.scenario, thresholds: ['capacity.confirmed > 100'] },
  phases: { warmup: 1, measure: 200, drain: 1 },
  load: { ...plan.load, offered: 0 },
  search,
};

function line(event: RunEvent): EventLine {
  return { at: event.at / 1000, source: sourceOf('conductor'), event };
}

/** Windows of five seconds each, one after the other: stage, level, and whether it held. */
function windows(...seen: readonly (readonly [CapacityWindowEvent['stage'], number, boolean | null])[]): EventLine[] {
  return seen.map(([stage, level, held], i) => {
    const from = 1 + 5 * i;
    const told = {
      p99Ms: level / 100,
      firstMs: 1,
      medianMs: 2,
      lastMs: 3,
      lost: held ? 0 : 7,
      deliveriesPerSecond: level,
    };
    const broke = held === false ? ['delivery.lost == 0'] : [];
    return line({ kind: 'window', at: (from + 5) * 1000, stage, level, from, to: from + 5, held, broke, ...told });
  });
}

const probes = (): (Window | EventLine)[] => {
  const open = new OpenWindows(sourceOf('probes'));
  open.add(open.counter('delivery.expected'), 1500, 1);
  open.add(open.counter('delivery.delivered'), 1500, 1);
  const closed = { kind: 'closed', at: 201_000 } as const;
  return [...everyoneJoined(), ...open.flush(), { at: 201, source: sourceOf('probes'), event: closed }];
};

const ended = line({ kind: 'ended', at: 201_000 });
const up = [
  ['double', 100, true],
  ['double', 200, true],
  ['double', 400, false],
  ['double', 400, false],
  ['rest', 100, true],
  ['bisect', 280, true],
  ['bisect', 280, true],
] as const;
const confirmed = Array.from({ length: 8 }, () => ['confirm', 280, true] as const);
const after = [
  ['overload', 500, false],
  ['overload', 500, false],
  ['release', 140, false],
  ['release', 140, true],
] as const;

describe('a search, folded', () => {
  test('comes to what was confirmed, what was refuted, and how it went', () => {
    const whole = [...probes(), ...windows(...up, ...confirmed, ...after), ended];
    const record = fold(searching, whole);
    expect(record).toMatchObject({ state: 'complete', verdict: { outcome: 'pass', breaches: [] } });
    expect(record.capacity).toMatchObject({
      ...{ confirmed: 280, refuted: 400, end: 'confirmed', recovered: true, recoveryS: 5, isAtLeast: false },
      broke: ['delivery.lost == 0'],
    });
    expect(record.capacity!.levels.map(({ stage, outcome }) => `${stage} ${outcome}`)).toEqual([
      ...['double held', 'double held', 'double failed', 'rest held', 'bisect held', 'confirm held'],
      ...['overload failed', 'release failed'],
    ]);
    expect(record.intervals['capacity.confirmed']).toMatchObject({ low: 280, high: 400 });
    expect(record.metrics['capacity.ratio']).toEqual({ unit: '1', value: 400 / 280 });
    expect(fold(searching, whole.toReversed()).capacity).toEqual(record.capacity);
  });

  test('near to what the generator could do, is the least that the server carries', () => {
    const ceiling = line({ kind: 'ceiling', at: 0, deliveriesPerSecond: 390 });
    const { capacity } = fold(searching, [ceiling, ...probes(), ...windows(...up, ...confirmed, ...after), ended]);
    expect(capacity).toMatchObject({ ceiling: 390, isAtLeast: true });
  });

  test('that was cut short has no answer, and is no pass', () => {
    const record = fold(searching, [...probes(), ...windows(...up), ended]);
    expect(record.capacity).toMatchObject({ end: 'unfinished', confirmed: null });
    expect(record.verdict.breaches).toEqual([{ gate: 'search', end: 'unfinished', windows: 7 }]);
    expect(record.verdict.outcome).toBe('unknown');
  });

  test('what held, but not for as long as it takes, is not confirmed', () => {
    const short = { ...searching, search: { ...search, until: 1 + 5 * (up.length + 2) } };
    const record = fold(short, [...probes(), ...windows(...up, ...confirmed.slice(0, 2)), ended]);
    expect(record.capacity).toMatchObject({ end: 'timeIsUp', confirmed: 280 });
    expect(record.metrics).not.toHaveProperty(['capacity.confirmed']);
    expect(record.verdict.outcome).toBe('unknown');
  });
});
