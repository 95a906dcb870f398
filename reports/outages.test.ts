import { describe, expect, test } from 'vitest';
import { fold } from '../measure/fold.ts';
import { metricKey } from '../measure/keys.ts';
import type { RunRecord } from '../measure/run-record.ts';
import { plan } from '../measure/test-plan.ts';
import { headline } from './headline.ts';
import { hints } from './hints.ts';
import { outageFindings } from './outage-findings.ts';
import { outageTable } from './outage-table.ts';
import { type Outage, outageSentence } from './outages.ts';
import { recoveryOf } from './recovery.ts';
import { unpainted } from './terminal.ts';

const ledger = {
  expected: 1000,
  delivered: 1000,
  recovered: 0,
  missed: 0,
  lost: 0,
  unknown: 0,
  duplicate: 0,
  reordered: 0,
  missedBy: { offline: 0, cut: 0, left: 0, silent: 0 },
};
const herd = {
  attempts: [0, 0, 0, 0, 0, 4, 4, 5, 4, 4, 4, 4, 4, 4, 3],
  successes: [0, 0, 0, 0, 0, 4, 4, 5, 4, 4, 4, 4, 4, 4, 3],
  peakPerSecond: 50,
  synchronisation: 1.25,
  serverCpu: 61.7,
  serverLoopDelayMs: 21,
};
const outage: Outage = {
  fault: 'reset',
  what: 'links: reset',
  onAt: 10,
  offAt: 10,
  to: 20,
  clients: 40,
  disconnected: 40,
  back: 40,
  backAfter: { half: 1, most: 1.4, all: 1.52 },
  never: [],
  deaf: 0,
  reconnects: 40,
  recovered: 0,
  attempts: 40,
  pingTimeouts: 0,
  herd,
  ledger,
  steadyAfter: 2,
  presence: null,
};
const few: Outage = { ...outage, fault: 'commuter', clients: 3, disconnected: 3, back: 3, ledger: null };

const time = { unit: 'ms', min: 1, mean: 5, p50: 4, p90: 6, p95: 8, p99: null, p999: null, max: 9.5, hdr: '' } as const;

/** A record with the given faults and nothing else to it. */
function record(outages: readonly Outage[], metrics: RunRecord['metrics'] = {}): RunRecord {
  const whole = fold(plan, []);
  return {
    ...whole,
    load: { ...whole.load, probes: 40 },
    scenario: { ...whole.scenario, server: { pingInterval: 2000, pingTimeout: 3000 } },
    outages: [...outages],
    metrics: { ...whole.metrics, ...metrics },
  };
}

/** A time of a fault, `p50` by default 4 ms. */
function timeOf(name: string, { fault }: Outage, change: object = {}): RunRecord['metrics'] {
  return { [metricKey(name, { fault })]: { ...time, count: 40, ...change } };
}

function ledgerOf(change: Partial<typeof ledger>) {
  return { ledger: { ...ledger, ...change } };
}

describe('the headline', () => {
  const gone = { never: [{ reason: 'transport close', clients: 3 }], back: 37 };
  test.each([
    [[outage], 'a fault; everyone came back, within 1.5 s at the latest'],
    [[outage, few], 'a fault and 1 that touched a few only; everyone came back after every fault, within 1.5 s'],
    [[outage, { ...outage, backAfter: { half: 2, most: 3, all: 7.24 } }], '2 faults; everyone .*, within 7.2 s'],
    [[{ ...outage, ...gone }], 'a fault; not everyone came back \\(3 after reset\\)'],
    [[{ ...outage, deaf: 2 }], 'everyone .* at the latest; some came back deaf \\(2 after reset\\)'],
    [[{ ...outage, disconnected: 0 }], 'a fault; nobody lost the connection'],
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
      /^40 probes through a fault; .*; 5,000 deliveries expected, none lost, 12 missed, 30 recovered\.$/,
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
    const shown = outageTable(record([outage, few], metrics), unpainted).split('\n');
    expect(shown[0]!.split(/ +/)).toEqual(['', 'noticed', 'noticed', 'back', 'back', 'back', 'herd', 'steady']);
    expect(shown[2]!.trim().split(/ {2,}/)).toEqual([
      'reset',
      '40/40',
      '4.0 ms',
      '≤ 9.5 ms',
      '1.0 s',
      '1.5 s',
      '1.5 s',
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
      'ø 5.0 ms',
      '≤ 9.5 ms',
      '–',
      '–',
      '1.5 s',
      '–',
      '–',
      '–',
      '–',
      '50',
      '–',
    ]);
    expect(shown[4]).toMatch(/≤ is the highest and ø is the mean, where too few clients/);
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
    const lines = outageTable(record([long], metrics), unpainted).split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(120);
    expect(lines.join()).toMatch(/123 never .* > 10 s/);
  });

  test('is empty for other runs', () => {
    expect(outageTable(record([]), unpainted)).toBe('');
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
    'All 40 clients lost the connection and noticed, half of them within 3.1 s, all within 4.9 s, 40 by ping timeout. ' +
      'Back: half after 1.0 s, 95 % after 1.4 s, all after 1.5 s, in 52 attempts; 0 of 40 with the session recovered. ' +
      'Of 1,000 deliveries 990 arrived as they should, 10 missed, none lost. ' +
      'At the peak 50 attempts/s; server CPU up to 62 %, event loop up to 21 ms late. ' +
      'The latency was steady again 2 s after its end.',
  );
  const calm = { ...outage, disconnected: 0, herd: { ...herd, peakPerSecond: 0 }, steadyAfter: 0 };
  expect(outageSentence(record([calm]), calm)).toBe(
    'None of 40 clients lost the connection. Of 1,000 deliveries 1,000 arrived as they should, none lost. The latency was steady again at once.',
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

  test('a fault that strikes a few at different times has neither a length nor a latency of its own', () => {
    const { fault, latency } = recoveryOf(record([few]), few);
    expect([fault, latency]).toEqual([undefined, undefined]);
  });
});

describe('the findings', () => {
  const without = { ...outage, ...ledgerOf({ delivered: 900, missed: 100 }) };
  const replayed = { ...outage, recovered: 36, ...ledgerOf({ delivered: 900, recovered: 100 }) };
  const together = { ...herd, attempts: [0, 30, 0, 10], synchronisation: 2.25 };
  const haunted = { ghosts: 12, missing: 0, ghostsUntil: 4.2, rightAtEnd: true };
  const silent = { ...outage, fault: 'blackhole', what: 'links: blackhole and latency', pingTimeouts: 40 };
  const catchup: RunRecord['metrics'] = { 'broadcast.catchup': { ...time, count: 100, max: 3210 } };

  test.each<[what: string, outages: readonly Outage[], said: RegExp, metrics?: RunRecord['metrics']]>([
    [
      'were told to go',
      [{ ...outage, never: [{ reason: 'io server disconnect', clients: 3 }] }],
      /^Clients never came back \(3 after reset\): the server told them to go .* at the engine level/,
    ],
    [
      'did not come back otherwise',
      [{ ...outage, never: [{ reason: 'timeout', clients: 2 }] }],
      /^Clients were not back in the end \(2 after reset\); the last they heard: «timeout»\..*reconnectionAttempts/,
    ],
    ['came back deaf', [{ ...outage, deaf: 2 }], /^Clients came back deaf \(2 after reset\): .*on every `connect`/],
    [
      'missed messages, with no recovery',
      [without],
      /^100 deliveries were missed in reset, and no session was recovered: connectionStateRecovery .* would replay/,
    ],
    [
      'were sent what they had missed',
      [replayed],
      /^Sessions were recovered in 36 of 40 reconnections \(reset\): 100 deliveries came late by it, the oldest 3\.2 s old\.$/,
      catchup,
    ],
    [
      'do not know whether they were heard',
      [{ ...outage, ...ledgerOf({ unknown: 48 }) }],
      /^Of some deliveries nobody knows .* \(48 after reset\): .* `retries` and `ackTimeout`/,
    ],
    [
      'were cut by mere latency',
      [{ ...outage, fault: 'latency', what: 'links: latency for 5 s', pingTimeouts: 8, disconnected: 8 }],
      /by ping timeout \(8 after latency\): pingTimeout \(3\.0 s here\) is too short/,
    ],
    [
      'were long in noticing',
      [silent],
      /\(3\.4 s in blackhole\): a half-open link .*, here 3\.0 s to 5\.0 s\. Shorten/,
      timeOf('reconnect.detect', silent, { p50: 3400 }),
    ],
    [
      'came back as a herd',
      [{ ...outage, herd: together }],
      /^The clients came back as a herd \(reset\): .*, 30 of 40 clients tried within the same 100 ms, 2 times the mean; the server's event loop was up to 21 ms late\. Raise reconnectionDelay /,
    ],
    [
      'came back as a herd after a long time',
      [{ ...outage, herd: together }],
      /From the fifth attempt on .* with no jitter: raise reconnectionDelayMax/,
      timeOf('reconnect.attempts', outage, { unit: '1', max: 6 }),
    ],
    [
      'were let in together',
      [{ ...outage, fault: 'blackhole', herd: { ...herd, successes: [0, 0, 25, 15] } }],
      /^Clients were let in together \(25 after blackhole, within the same 100 ms\).* a shorter `timeout`/,
    ],
    [
      'heard things twice, and out of order',
      [{ ...outage, ...ledgerOf({ duplicate: 4, reordered: 1 }) }],
      /^Messages came twice \(4 after reset\) and out of order \(1 after reset\): give each an id/,
    ],
    [
      'were listed though gone',
      [{ ...outage, presence: haunted }],
      /^Presence .* \(reset: up to 12 until 4\.2 s after it began\)/,
    ],
    [
      'with habits were listed though gone',
      [
        { ...few, presence: haunted },
        { ...few, fault: 'laptop', presence: { ...haunted, ghosts: 2, ghostsUntil: 5 } },
      ],
      /\(commuter and laptop: up to 12 until 5\.0 s after it began\)/,
    ],
    [
      'are listed though gone in the end',
      [{ ...outage, presence: { ...haunted, rightAtEnd: false } }],
      /up to 12 until 4\.2 s after it began, still wrong in the end\)/,
    ],
  ])('clients %s', (_, outages, said, metrics) => {
    const found = outageFindings(record(outages, metrics));
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(said);
  });

  test('faults without recovery are told apart where there was some', () => {
    const found = outageFindings(record([replayed, { ...without, fault: 'kill' }]));
    expect(found).toHaveLength(2);
    expect(found[0]).toMatch(
      /^100 deliveries were missed in kill, and no session was recovered there, though the server keeps/,
    );
    expect(found[1]).toMatch(/^Sessions were recovered in 36 of 40/);
  });

  test('nothing is said where all went well, nor of runs without faults', () => {
    expect(outageFindings(record([outage, few, { ...silent, presence: { ...haunted, ghostsUntil: 0.4 } }]))).toEqual(
      [],
    );
    expect(outageFindings(record([]))).toEqual([]);
  });

  test('who slept and noticed on waking was not long in noticing', () => {
    const asleep = timeOf('reconnect.detect', silent, { p50: 10_000 });
    const whole = record([silent], asleep);
    expect(outageFindings(whole)).toEqual([]);
    // Where it is not known how late a silent link is noticed, nobody is said to have slept.
    const scenario = { ...whole.scenario, server: { pingInterval: 2000 } };
    expect(outageFindings({ ...whole, scenario }).join()).toMatch(/\(10\.0 s in blackhole\): .* pingTimeout\. Shorten/);
  });

  test('tell of buffered messages that came before their sender was in the room', () => {
    const refused = { 'errors{reason=refused: NOT_JOINED}': { unit: '1', value: 22 } } as const;
    expect(outageFindings(record([outage], refused)).join()).toMatch(
      /^22 messages were refused .* an outbox of your own/,
    );
    const other = { 'errors{reason=refused: RATE_LIMITED}': { unit: '1', value: 22 } } as const;
    expect(outageFindings(record([outage], other)).join()).not.toContain('refused');
  });

  test('what faults did is not told again as connections that ended', () => {
    const disconnects: RunRecord['metrics'] = { disconnects: { unit: '1', value: 40 } };
    expect(hints(record([outage], disconnects))).toEqual([]);
    expect(hints(record([], disconnects))).toHaveLength(1);
  });
});
