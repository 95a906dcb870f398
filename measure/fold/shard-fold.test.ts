import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { plan } from '../../test/support/plan.ts';
import type { BotEvent, EventLine, RunEvent } from '../metrics/events.ts';
import { type SourceRole, sourceOf } from '../metrics/source.ts';
import { OpenWindows, type Window } from '../metrics/window.ts';
import type { RunPlan } from '../run-record/run-record.ts';
import { fold } from './fold.ts';

const shards = [1, 2, 3].map((number) => ({ number, firstProbe: 2 * (number - 1), probes: 2, users: 0 }));
const split: RunPlan = {
  ...plan,
  phases: { warmup: 1, measure: 2, drain: 1 },
  load: { ...plan.load, probes: 6, talkers: 3, offered: 600, shards },
};

function event(role: SourceRole, shard: number, told: RunEvent | BotEvent): EventLine {
  return { at: told.at / 1000, source: sourceOf(role, 0, shard), event: told };
}

/** What the probes of a shard say of two bots, and of `n` deliveries a second, sent so late. */
function told(shard: number, n: number, lagMs = 1): (Window | EventLine)[] {
  const windows = new OpenWindows(sourceOf('probes', 0, shard));
  for (const at of [1500, 2500]) {
    for (const name of [
      'messages.scheduled',
      'messages.sent',
      'messages.ok',
      'delivery.expected',
      'delivery.delivered',
    ])
      windows.add(windows.counter(name), at, n);
    for (let i = 0; i < n; i++) {
      windows.record(windows.histogram('generator.lag'), at, lagMs);
      windows.record(windows.histogram('broadcast.latency'), at, 2);
      windows.record(windows.histogram('broadcast.latency{path=cross-shard}'), at, 5);
    }
  }
  const joins = [0, 1].map((bot) => event('probes', shard, { kind: 'joined', at: 100, bot, room: 0 }));
  return [...joins, ...windows.flush(), event('probes', shard, { kind: 'closed', at: 3500 })];
}

function made(number: number, clockBoundMs = 0.1): EventLine {
  const who = { worker: `w${number}`, host: 'h', clockBoundMs, startLateMs: 1 };
  return event('conductor', 0, { kind: 'shard', at: 0, number, ...who });
}

const ended = event('conductor', 0, { kind: 'ended', at: 3500 });
const all = [1, 2, 3].flatMap((number) => [made(number), ...told(number, 100)]);

describe('a load that is split', () => {
  test('is whole where all of its parts are, with the probes numbered through', () => {
    const record = fold(split, [...all, ended]);
    expect(record).toMatchObject({ state: 'complete', verdict: { breaches: [] } });
    expect(record.metrics['delivery.delivered']).toMatchObject({ value: 600 });
    const [first] = record.shards;
    expect(first).toMatchObject({
      worker: 'w1',
      clockBoundMs: 0.1,
      startLateMs: 1,
      sent: 200,
      deliveriesPerSecond: 100,
    });
  });

  test('is partial where one is missing, is not closed, or was told to end by somebody else', () => {
    const [, , ...others] = [1, 2, 3].map((number) => told(number, 10));
    expect(fold(split, [...others.flat(), ended]).state).toBe('partial');
    const unclosed = all.filter(
      (line) => !('event' in line && line.event.kind === 'closed' && line.source.shard === 2),
    );
    expect(fold(split, [...unclosed, ended]).state).toBe('partial');
    const stopped = event('conductor', 2, { kind: 'interrupted', at: 2000, signal: 'SIGTERM' });
    const record = fold(split, [...all, stopped, ended]);
    expect(record).toMatchObject({ state: 'partial', interruptedBy: null });
    expect(record.verdict.breaches).toMatchObject([{ gate: 'death', role: 'worker', end: { signal: 'SIGTERM' } }]);
  });

  test('is not over where only a part says so', () => {
    const record = fold(split, [...all, event('conductor', 1, { kind: 'ended', at: 3500 })]);
    expect(record.verdict.breaches).toMatchObject([{ gate: 'death', role: 'conductor' }]);
  });

  test('is judged part by part: one that is slow is named, though all together are not', () => {
    const lines = [...told(1, 1000), ...told(2, 5, 80), ...told(3, 1000), made(2), ended];
    const offered = { ...split, load: { ...split.load, offered: 4010 } };
    expect(fold(offered, lines).verdict.breaches).toMatchObject([
      { gate: 'shard', shard: 2, worker: 'w2', breach: { gate: 'lag' } },
    ]);
  });

  test('has a latency between parts only where their clocks are known well enough', () => {
    const key = 'broadcast.latency{path=cross-shard}';
    expect(fold(split, [...all, ended]).metrics[key]).toMatchObject({ count: 600 });
    expect(fold(split, [...all, made(3, 0.1), ended]).metrics[key]).toBeDefined();
    const blurred = [made(1, 0.6), ...all.filter((line) => !('event' in line && line.event.kind === 'shard'))];
    expect(fold(split, [...blurred, ended]).metrics[key]).toBeUndefined();
  });
});

test('any assignment of the same windows to shards folds to the same figures', () => {
  const windows = [1, 2, 3].flatMap((shard) => told(shard, 20)).filter((line): line is Window => 'counters' in line);
  const rest = [...all.filter((line) => 'event' in line), ended];
  const figuresOf = (lines: readonly (Window | EventLine)[]) => {
    const { metrics, timeline, verdict } = fold(split, lines);
    return { metrics, timeline, outcome: verdict.outcome };
  };
  const expected = figuresOf([...windows, ...rest]);
  fc.assert(
    fc.property(fc.array(fc.nat(2), { minLength: windows.length, maxLength: windows.length }), (assigned) => {
      const moved = windows.map((window, i) => ({ ...window, source: sourceOf('probes', 0, assigned[i]! + 1) }));
      expect(figuresOf([...moved, ...rest])).toEqual(expected);
    }),
    { seed: 17, numRuns: 200 },
  );
});
