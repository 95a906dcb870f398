import { describe, expect, test } from 'vitest';
import { randomOf } from '../../base/random.ts';
import { recordOf, times } from '../../test/support/records.ts';
import { sourceOf } from '../metrics/source.ts';
import type { Metrics, RunRecord } from '../run-record/run-record.ts';
import { anyWorse, type Comparison, type ComparisonRow, compareRuns } from './compare-runs.ts';

const calm: Metrics = {
  'broadcast.latency': times,
  'broadcast.latency{by=crowd}': times,
  'broadcast.latency{transport=websocket}': times,
  'generator.lag': times,
  'delivery.expected': { unit: '1', value: 1000 },
  'delivery.lost': { unit: '1', value: 0 },
  'delivery.ratio': { unit: 'ratio', value: 1 },
  'messages.sent': { unit: '1', value: 100 },
};

let runs = 0;

function run(change: Partial<RunRecord> = {}): RunRecord {
  runs++;
  return recordOf({
    id: `run${runs}`,
    startedAt: `2026-01-01T00:00:${String(runs % 60).padStart(2, '0')}.000Z`,
    metrics: calm,
    intervals: {},
    verdict: { outcome: 'pass', thresholds: [], breaches: [] },
    ...change,
  });
}

const withP99 = (p99: number | null) => run({ metrics: { ...calm, 'broadcast.latency': { ...times, p99 } } });
const withValue = (key: string, value: number) => run({ metrics: { ...calm, [key]: { unit: '1', value } } });

function row({ rows }: Comparison, metric = 'broadcast.latency.p99'): ComparisonRow {
  const found = rows.find((each) => each.metric === metric);
  if (!found) throw new Error(`Expected a row of ${metric}, got ${rows.map((each) => each.metric).join(', ')}`);
  return found;
}

describe('with enough runs', () => {
  const base = [40, 41, 42, 43, 44].map(withP99);

  test.each<[string, number[], ComparisonRow['word']]>([
    ['far below', [30, 31, 32, 33, 34], 'better'],
    ['far above', [50, 51, 52, 53, 54], 'worse'],
    ['much the same', [39, 45, 42, 40.5, 43.5], 'no difference'],
    ['the same', [40, 41, 42, 43, 44], 'no difference'],
  ])('%s', (_, values, word) => {
    const { change, ...found } = row(compareRuns(base, values.map(withP99)));
    expect(found.word).toBe(word);
    expect(change!.scale).toBe('percent');
    expect(change!.interval!.from).toBe('runs');
    // The interval leaves zero out where the test is significant, and only there.
    expect(change!.interval!.low > 0 || change!.interval!.high < 0).toBe(found.p! < 0.05);
  });

  test('tells medians, the change and its interval', () => {
    expect(row(compareRuns([40, 40, 40, 40].map(withP99), [44, 44, 44, 48].map(withP99)))).toEqual({
      metric: 'broadcast.latency.p99',
      unit: 'ms',
      better: 'lower',
      base: 40,
      next: 44,
      change: {
        scale: 'percent',
        value: expect.closeTo(10),
        interval: { from: 'runs', low: expect.closeTo(10), high: expect.closeTo(20) },
      },
      p: expect.closeTo(2 / 70),
      word: 'worse',
      isHeadline: true,
    });
  });

  test('a ratio is better when it is higher', () => {
    const [low, high] = [0.9, 0.99].map((ratio) =>
      [0, 1, 2, 3].map((i) => withValue('delivery.ratio', ratio + i / 1000)),
    );
    expect(row(compareRuns(low!, high!), 'delivery.ratio').word).toBe('better');
    expect(row(compareRuns(high!, low!), 'delivery.ratio').word).toBe('worse');
    expect(anyWorse(compareRuns(high!, low!))).toBe(true);
    expect(anyWorse(compareRuns(low!, high!))).toBe(false);
  });

  test('from nothing, the change is in the own unit', () => {
    const next = [1, 2, 3, 4].map((lost) => withValue('delivery.lost', lost));
    const { change, word } = row(
      compareRuns(
        Array.from({ length: 4 }, () => run()),
        next,
      ),
      'delivery.lost / delivery.expected',
    );
    expect(change).toEqual({ scale: 'unit', value: 0.0025, interval: { from: 'runs', low: 0.001, high: 0.004 } });
    expect(word).toBe('worse');
  });

  test('values that some runs do not know are left out, and may leave too few', () => {
    const next = [50, 51, null, null, 54].map(withP99);
    expect(row(compareRuns(base, next))).toMatchObject({ base: 42, next: 51, p: null, word: 'too few runs' });
    expect(row(compareRuns(base, [...next, withP99(55)])).word).toBe('worse');
  });
});

describe('with too few runs', () => {
  const bootstrapped = (...replicates: number[]) =>
    run({ intervals: { 'broadcast.latency.p99': { low: 0, high: 0, replicates } } });

  test('nothing is significant, and the bootstraps are paired', () => {
    const found = row(compareRuns([bootstrapped(10, 10, 20)], [bootstrapped(20, 20, 20)]));
    expect(found).toMatchObject({ p: null, word: 'too few runs' });
    expect(found.change!.interval).toEqual({ from: 'withinRun', low: 0, high: 100 });
  });

  test('nor are three against ten', () => {
    const next = Array.from({ length: 10 }, (_, i) => withP99(1000 + i));
    const comparison = compareRuns([1, 2, 3].map(withP99), next);
    expect(comparison.rows.every(({ word }) => word === 'too few runs')).toBe(true);
    expect(anyWorse(comparison)).toBeUndefined();
  });

  test('what is not known reads as unknown', () => {
    const insufficient = run({
      metrics: { ...calm, 'broadcast.latency': { ...times, p99: null } },
      intervals: { 'broadcast.latency.p99': null },
    });
    expect(row(compareRuns([run()], [insufficient]))).toMatchObject({ base: 40, next: null, change: null, p: null });
    const nothing = run({ metrics: {} });
    for (const comparison of [compareRuns([], []), compareRuns([nothing], [nothing]), compareRuns([run()], [])]) {
      expect(row(comparison)).toMatchObject({ next: null, change: null, word: 'too few runs' });
    }
  });
});

test('what only repeats another row, the crowd, the generator and zeros are left out', () => {
  const metrics: Metrics = {
    ...calm,
    'broadcast.latency{transport=polling}': { ...times, count: 10 },
    'connect.time': times,
    'delivery.duplicate': { unit: '1', value: 5 },
    'rss{role=server}': { unit: 'bytes', value: 1 },
  };
  const vitals = [{ source: sourceOf('conductor'), gauges: { 'rss{role=server}': [999, 10, null, 30, 999] } }];
  const comparison = compareRuns([run()], [run({ metrics, vitals })]);
  expect(comparison.rows.map(({ metric }) => metric)).toEqual([
    'broadcast.latency.p50',
    'broadcast.latency.p99',
    'broadcast.latency.max',
    'delivery.ratio',
    'delivery.lost / delivery.expected',
    'broadcast.latency{transport=polling}.p50',
    'broadcast.latency{transport=polling}.p99',
    'connect.time.p50',
    'connect.time.p99',
    'delivery.duplicate / delivery.expected',
    'rss{role=server}',
  ]);
  expect(row(comparison, 'rss{role=server}').next).toBe(30);
});

describe('notes', () => {
  const at = (second: number) => run({ startedAt: `2026-01-01T00:00:0${second}.000Z` });

  test('none where all is well', () => {
    expect(compareRuns([at(1), at(3)], [at(2), at(4)]).notes).toEqual([]);
    expect(compareRuns([at(1)], [at(2)]).notes).toEqual([]);
  });

  test.each<[RunRecord[], RunRecord[], unknown]>([
    [[at(1), at(2)], [at(3), at(4)], { kind: 'notInterleaved', first: 'base' }],
    [[at(5), at(6)], [at(3), at(4)], { kind: 'notInterleaved', first: 'next' }],
    [[], [at(1)], { kind: 'noRuns', side: 'base' }],
  ])('on the order of the runs', (base, next, note) => {
    expect(compareRuns(base, next).notes).toEqual([note]);
  });

  test('on runs that are invalid, cut short, given twice, or of something else', () => {
    const end = { kind: 'signal' as const, signal: 'SIGKILL' };
    const breaches = [{ gate: 'death' as const, role: 'crowd', end, said: [] }];
    const invalid = run({ id: 'bad', verdict: { outcome: 'pass', thresholds: [], breaches } });
    const partial = run({ id: 'short', state: 'partial' });
    const other = run({ load: { ...run().load, users: 20 } });
    const { notes } = compareRuns([invalid, invalid], [partial, other]);
    expect(notes.filter(({ kind }) => kind !== 'notInterleaved')).toEqual([
      { kind: 'invalid', side: 'base', id: 'bad', breaches },
      { kind: 'invalid', side: 'base', id: 'bad', breaches },
      { kind: 'partial', side: 'next', id: 'short' },
      { kind: 'repeated', id: 'bad' },
      { kind: 'differs', what: 'users', base: [10], next: [10, 20] },
    ]);
  });
});

describe('over many seeded comparisons of five runs a side', () => {
  /** How often p99 comes out different when it is scattered by `noise` and, on one side, scaled by `factor`. */
  function rate(seed: string, noise: number, factor: number): number {
    const random = randomOf(seed);
    const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    const side = (scale: number) => Array.from({ length: 5 }, () => withP99(40 * scale * Math.exp(noise * normal())));
    const trials = 1000;
    let different = 0;
    for (let i = 0; i < trials; i++) if (row(compareRuns(side(1), side(factor))).word !== 'no difference') different++;
    return different / trials;
  }

  test('equal things come out different in about one of twenty', () => {
    const different = rate('A/A', 0.1, 1);
    expect(different).toBeGreaterThan(0.01);
    expect(different).toBeLessThan(0.09);
  });

  test('ten percent more are found', () => {
    expect(rate('A/B', 0.03, 1.1)).toBeGreaterThan(0.95);
  });
});
