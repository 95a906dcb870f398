import { expect, test } from 'vitest';
import { endings, recordOf, times } from '../../../test/support/records.ts';
import { digestOf, type Finished } from '../digests/run-digest.ts';
import { localClock } from '../shell/local-clock.ts';
import { ticksTo, trendChart } from './trend-chart.ts';
import { groupsOf, trends } from './trend-section.ts';

const clock = localClock(Date.parse('2026-11-26T12:30:00.000Z'), 'UTC');

test.each([
  [0, [0, 1]],
  [1, [0, 0.5, 1]],
  [7, [0, 2, 4, 6, 8]],
  [10, [0, 5, 10]],
  [40, [0, 10, 20, 30, 40]],
  [41, [0, 20, 40, 60]],
  [490, [0, 200, 400, 600]],
])('ticks up to %d are %j', (highest, ticks) => {
  expect(ticksTo(highest)).toEqual(ticks);
});

test.each([1e-9, 0.3, 1, 3, 999, 12_345, 1e300, Number.MAX_VALUE])(
  'ticks up to %d are few, and reach it',
  (highest) => {
    const ticks = ticksTo(highest);
    expect(ticks.length).toBeLessThan(7);
    expect(ticks.at(-1)).toBeGreaterThanOrEqual(highest * (1 - 1e-9));
  },
);

function run(hour: number, p99: number | null, change = recordOf()): Finished {
  const metrics = { ...change.metrics, 'broadcast.latency': { ...times, p99 } };
  const startedAt = `2026-01-01T0${hour}:00:00.000Z`;
  return digestOf(`run${hour}`, () => ({ ...change, metrics, startedAt })) as Finished;
}

test('the line joins sound runs only, from the oldest to the newest; others are marked', () => {
  const runs = [run(1, 10), run(2, 500, endings.invalid), run(3, 20), run(4, null), run(5, 30)];
  const { text } = trendChart(runs, 'all', clock);
  const [, path] = /class="line" d="([^"]*)"/.exec(text)!;
  expect(path).toMatch(/^M[\d. ]+L[\d. ]+M[\d. ]+$/);
  expect(text.match(/class="unsound"/g)).toHaveLength(1);
  expect(text.match(/class="few"/g)).toHaveLength(1);
  expect(text.match(/<a href="\/runs\/run\d\/"/g)).toHaveLength(5);
  expect(text).toContain('p99, ms');
  expect(
    [...text.matchAll(/<text class="axis (?:start|middle|end)"[^>]*>(\d\d:\d\d)</g)].map(([, word]) => word),
  ).toEqual(['01:00', '03:00', '05:00']);
});

test('from ten seconds on the axis is in seconds, and what was lost has bars', () => {
  const lossy = recordOf();
  const lost = { ...lossy, metrics: { ...lossy.metrics, 'delivery.lost': { unit: '1', value: 1200 } } } as const;
  const { text } = trendChart([run(1, 12_000), run(2, 30_000, lost)], 'all', clock);
  expect(text).toContain('p99, s');
  expect(text).toContain('>30</text>');
  expect(text.match(/class="lost"/g)).toHaveLength(1);
  expect(text).toContain('>1,200</text>');
});

test('only like runs share a figure, and one run has none', () => {
  const longer = recordOf({ phases: { warmup: 1, measure: 60, drain: 1 } });
  const runs = [run(1, 10), run(2, 11, longer), run(3, 12), run(4, 13, longer), run(5, 14, recordOf({ seed: 'x' }))];
  expect(groupsOf(runs).map((group) => group.map(({ name }) => name))).toEqual([
    ['run1', 'run3', 'run5'],
    ['run2', 'run4'],
  ]);
  expect(trends(runs, clock).text.match(/<figure/g)).toHaveLength(2);
  expect(trends([run(1, 10)], clock).text).toBe('');
});
