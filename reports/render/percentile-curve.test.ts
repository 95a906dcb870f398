import { expect, test } from 'vitest';
import { Histogram } from '../../measure/metrics/histogram.ts';
import { metricKey } from '../../measure/metrics/metric-key.ts';
import { sourceOf } from '../../measure/metrics/source.ts';
import type { Window } from '../../measure/metrics/window.ts';
import { foldRun } from '../../test/support/fold-run.ts';
import { plan } from '../../test/support/plan.ts';
import { percentiles } from './percentile-curve.ts';
import { slimRecord } from './slim-record.ts';

test('the steps rise, name what is named elsewhere, and are 60 at the most', () => {
  expect(percentiles).toEqual(percentiles.toSorted((a, b) => a - b));
  expect(new Set(percentiles).size).toBe(percentiles.length);
  expect(percentiles.length).toBeLessThanOrEqual(60);
  expect(percentiles).toEqual(expect.arrayContaining([0, 50, 90, 95, 99, 99.9, 99.99]));
});

test.each([
  { messages: 5, last: undefined },
  { messages: 60, last: 90 },
  { messages: 600, last: 99 },
  { messages: 60_000, last: 99.99 },
])('$messages messages carry a curve up to p$last, however many deliveries', ({ messages, last }) => {
  const [curve] = slimRecord(runOf(messages, [])).curves;
  expect(curve?.points.at(-1)?.[0]).toBe(last);
});

test('transports have curves of their own where there are several', () => {
  const keys = (transports: string[]) => slimRecord(runOf(600, transports)).curves.map(({ key }) => key);
  expect(keys(['websocket'])).toEqual(['broadcast.latency']);
  expect(keys(['websocket', 'polling'])).toEqual([
    'broadcast.latency',
    'broadcast.latency{transport=polling}',
    'broadcast.latency{transport=websocket}',
  ]);
});

test('a curve tells what the statistics tell', () => {
  const record = runOf(6000, []);
  const points = new Map(slimRecord(record).curves[0]!.points);
  const { p50, p99, p999 } = record.metrics['broadcast.latency'] as { p50: number; p99: number; p999: number };
  expect([points.get(50), points.get(99), points.get(99.9)]).toEqual([p50, p99, p999]);
});

/** A run that sent so many messages, and heard each ten times. */
function runOf(messages: number, transports: string[]) {
  const histogram = new Histogram();
  for (let i = 0; i < messages * 10; i++) histogram.record(1 + (i % 500));
  const keys = ['broadcast.latency', ...transports.map((transport) => metricKey('broadcast.latency', { transport }))];
  const window: Window = {
    at: 1,
    source: sourceOf('probes'),
    counters: { 'messages.sent': messages },
    histograms: Object.fromEntries(keys.map((key) => [key, histogram.encode()])),
    gauges: {},
  };
  return foldRun(plan, [window]);
}
