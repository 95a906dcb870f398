import { describe, expect, test } from 'vitest';
import { few, herd, ledgerOf, outage, record, timeOf } from '../../test/support/outages.ts';
import { outageTable } from '../terminal/outage-table.ts';
import { plainTerminal } from '../terminal/terminal.ts';
import { headline } from './headline.ts';
import { outageSentence } from './outage-wording.ts';
import { recoveryOf } from './recovery-steps.ts';
import type { Outage } from './score-column.ts';

describe('the headline', () => {
  const gone = { never: [{ reason: 'transport close', clients: 3 }], back: 37 };
  test.each([
    [[outage], '1 fault; all clients came back within 1,520 ms'],
    [
      [outage, few],
      '1 fault and 1 that touched only some clients; all clients came back after every fault within 1,520 ms',
    ],
    [[outage, { ...outage, backAfter: { half: 2, most: 3, all: 7.24 } }], '2 faults; all clients .* within 7,240 ms'],
    [[{ ...outage, ...gone }], '1 fault; some clients did not come back \\(3 after reset\\)'],
    [[{ ...outage, deaf: 2 }], 'all clients .*; some came back deaf \\(2 after reset\\)'],
    [[{ ...outage, disconnected: 0 }], '1 fault; no client was disconnected'],
  ])('%# says who came back', (outages, words) => {
    expect(headline(record(outages))).toMatch(new RegExp(words));
  });

  test('tells what became of the deliveries', () => {
    const value = (n: number) => ({ unit: '1', value: n }) as const;
    const metrics = {
      'delivery.expected': value(5000),
      'delivery.missed': value(12),
      'delivery.recovered': value(30),
    };
    expect(headline(record([outage], metrics))).toMatch(
      /^40 probes through 1 fault; .*; 5,000 deliveries expected, none lost, 12 missed, 30 recovered\.$/,
    );
  });
});

describe('the scorecard', () => {
  test('has a row per fault, and says where too few are behind a percentile', () => {
    const metrics = {
      ...timeOf('reconnect.detect', outage),
      ...timeOf('reconnect.outage', outage, { p50: 1000, p99: 1480 }),
      ...timeOf('reconnect.detect', few, { p50: null }),
    };
    const shown = outageTable(record([outage, few], metrics), plainTerminal).split('\n');
    expect(shown[0]!.split(/ +/)).toEqual(['', 'noticed', 'noticed', 'back', 'back', 'back', 'herd', 'steady']);
    expect(shown[2]!.trim().split(/ {2,}/)).toEqual([
      'reset',
      '40/40',
      '4.00 ms',
      '≤ 9.50 ms',
      '1,000 ms',
      '1,480 ms',
      '1,520 ms',
      '0',
      '0',
      '0',
      '0',
      '50',
      '2 s',
    ]);
    expect(shown[3]!.trim().split(/ {2,}/)).toEqual([
      'commuter',
      '3/3',
      'ø 5.00 ms',
      '≤ 9.50 ms',
      '–',
      '–',
      '1,520 ms',
      '–',
      '–',
      '–',
      '–',
      '50',
      '–',
    ]);
    expect(shown[4]).toMatch(/≤ marks the maximum and ø the mean where there are too few clients/);
  });

  test('fits 120 columns, whatever faults are called', () => {
    const long = {
      ...outage,
      fault: 'server-killed-in-between',
      never: [{ reason: 'x', clients: 123 }],
      steadyAfter: null,
      ...ledgerOf({ missed: 12_345, lost: 123, unknown: 12_345, recovered: 12_345 }),
    };
    const metrics = { ...timeOf('reconnect.detect', long), ...timeOf('reconnect.outage', long, { max: 23_456 }) };
    const lines = outageTable(record([long], metrics), plainTerminal).split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(120);
    expect(lines.join()).toMatch(/123 never .* > 10 s/);
  });

  test('is empty for other runs', () => {
    expect(outageTable(record([]), plainTerminal)).toBe('');
  });
});

test('a fault is told in whole sentences', () => {
  const silent = {
    ...outage,
    fault: 'blackhole',
    pingTimeouts: 40,
    attempts: 52,
    ...ledgerOf({ delivered: 990, missed: 10 }),
  };
  expect(outageSentence(record([silent], timeOf('reconnect.detect', silent, { p50: 3100, max: 4900 })), silent)).toBe(
    'All 40 clients were disconnected and noticed it: half within 3,100 ms, all within 4,900 ms, 40 by ping timeout. ' +
      'Back: half after 1,000 ms, 95 % after 1,400 ms, all after 1,520 ms, in 52 attempts; 0 of 40 sessions recovered. ' +
      'Deliveries: 990 of 1,000 as expected, 10 missed, none lost. ' +
      'Peak: 50 attempts/s; server CPU up to 62 %, event loop up to 21.0 ms late. ' +
      'Latency settled 2 s after the fault ended.',
  );
  const calm = { ...outage, disconnected: 0, herd: { ...herd, peakPerSecond: 0 }, steadyAfter: 0 };
  expect(outageSentence(record([calm]), calm)).toBe(
    'None of 40 clients was disconnected. Deliveries: 1,000 of 1,000 as expected, none lost. Latency settled at once.',
  );
});

describe('the way back', () => {
  const stretches = (change: Partial<Outage>) => {
    const changed = { ...outage, ...change };
    return recoveryOf(record([changed], timeOf('reconnect.detect', changed, { p50: 400 })), changed).stretches.map(
      ({ kind, from, to }) => [kind, from, to],
    );
  };
  const most = { half: 1, most: 1.4, all: null };
  test.each([
    [{}, ['unnoticed', 0, 0.4], ['half', 0.4, 1], ['most', 1, 1.4], ['all', 1.4, 1.52]],
    [{ backAfter: { half: 1, most: 2, all: 2 } }, ['unnoticed', 0, 0.4], ['half', 0.4, 1], ['all', 1, 2]],
    [
      { backAfter: most, never: [{ reason: 'x', clients: 1 }] },
      ['unnoticed', 0, 0.4],
      ['half', 0.4, 1],
      ['most', 1, 1.4],
      ['never', 1.4, 10],
    ],
  ])('%j is told without gaps', (change, ...expected) => {
    expect(stretches(change)).toEqual(expected);
  });

  test('a fault that affects a few at different times has neither a length nor a latency of its own', () => {
    const { fault, latency } = recoveryOf(record([few]), few);
    expect([fault, latency]).toEqual([undefined, undefined]);
  });
});
