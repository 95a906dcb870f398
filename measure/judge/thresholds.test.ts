import { describe, expect, test } from 'vitest';
import type { Metrics } from '../run-record/run-record.ts';
import { evaluateThreshold, parseThreshold } from './thresholds.ts';

const distribution = {
  unit: 'ms',
  min: 1,
  mean: 5,
  p50: 4,
  p90: 8,
  p95: 9,
  p99: 10,
  p999: 11,
  max: 12,
  hdr: '',
} as const;
const metrics: Metrics = {
  'broadcast.latency': { ...distribution, count: 600 },
  'broadcast.latency{transport=polling}': { ...distribution, count: 3, p95: 900 },
  'ack.latency': { ...distribution, count: 90, p99: null },
  'broadcast.last': { ...distribution, count: 0 },
  'delivery.expected': { unit: '1', value: 1000 },
  'delivery.lost': { unit: '1', value: 0 },
  'delivery.unknown': { unit: '1', value: 2 },
  'disconnects{reason=transport close}': { unit: '1', value: 3 },
};

describe('a threshold over a run', () => {
  test.each([
    ['broadcast.latency.p99 < 250ms', 'pass', 10],
    ['broadcast.latency.p99 < 10ms', 'fail', 10],
    ['broadcast.latency.p99<=0.01s', 'pass', 10],
    ['broadcast.latency.count >= 600', 'pass', 600],
    ['broadcast.latency{transport=polling}.p95 < 1s', 'pass', 900],
    ['broadcast.latency{ transport = polling }.p95 > 1s', 'fail', 900],
    ['delivery.lost == 0', 'pass', 0],
    ['delivery.lost != 0', 'fail', 0],
    ['delivery.unknown / delivery.expected <= 0.001', 'fail', 0.002],
    ['delivery.unknown / delivery.expected <= 1%', 'pass', 0.002],
    ['disconnects{reason=transport close} > 2', 'pass', 3],
  ])('%s: %s', (text, outcome, value) => {
    expect(evaluateThreshold(parseThreshold(text), metrics)).toMatchObject({ text, outcome, value });
  });

  test.each([
    ['broadcast.last.p99 < 1s', 'noSamples'],
    ['upgrade.time.p50 < 1s', 'noSamples'],
    ['disconnects{reason=ping timeout} == 0', 'noSamples'],
    ['messages.sent / messages.scheduled == 1', 'noSamples'],
  ])('without samples is unknown, never passed: %s', (text, why) => {
    expect(evaluateThreshold(parseThreshold(text), metrics)).toEqual({ text, outcome: 'unknown', why });
  });

  test('over a percentile with too few messages behind it is unknown', () => {
    const text = 'ack.latency.p99 < 1s';
    expect(evaluateThreshold(parseThreshold(text), metrics)).toEqual({ text, outcome: 'unknown', why: 'insufficient' });
  });

  test('about deliveries is unknown where none was expected', () => {
    const none: Metrics = { 'delivery.expected': { unit: '1', value: 0 }, 'delivery.lost': { unit: '1', value: 0 } };
    expect(evaluateThreshold(parseThreshold('delivery.lost == 0'), none)).toMatchObject({
      outcome: 'unknown',
      why: 'nothingExpected',
    });
    expect(evaluateThreshold(parseThreshold('delivery.lost == 0'), {})).toMatchObject({ outcome: 'unknown' });
  });
});

describe('a threshold that is none', () => {
  test.each([
    ['delivery.lost', 'a comparison'],
    ['delivery.lost = 0', 'a comparison'],
    ['delivery.lst == 0', 'a metric of the catalogue in place of `delivery.lst`'],
    ['constructor == 0', 'a metric of the catalogue'],
    ['broadcast.latency < 250ms', 'one of broadcast.latency.min'],
    ['broadcast.latency.p98 < 250ms', 'a metric of the catalogue in place of `broadcast.latency.p98`'],
    ['broadcast.latency{transport=polling}.p98 < 250ms', 'one of broadcast.latency.min'],
    ['delivery.lost.p99 == 0', 'no statistic: delivery.lost is a single number'],
    ['broadcast.latency.p99 < 250', 'a time such as 250ms in place of `250`'],
    ['broadcast.latency.p99 < fast', 'a time such as 250ms'],
    ['delivery.lost == 1ms', 'a number in place of `1ms`'],
    ['delivery.lost{colour=red} == 0', 'labels such as'],
    ['cpu{role=server} < 5', 'a distribution or a counter'],
    ['a / b / c == 0', 'at most one division'],
  ])('%s: Expected %s', (text, expected) => {
    expect(() => parseThreshold(text)).toThrow(`Expected ${expected}`);
  });
});
