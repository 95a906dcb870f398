import { describe, expect, test } from 'vitest';
import type { RunRecord } from '../../measure/run-record/run-record.ts';
import { few, herd, ledgerOf, outage, record, time, timeOf } from '../../test/support/outages.ts';
import type { Outage } from '../wording/score-column.ts';
import { findingsOf } from './all-findings.ts';

/** Evidence and remedy, as the terminal shows them. */
function sentencesOf(run: RunRecord): string[] {
  return findingsOf(run).map(({ evidence, remedy }) => (remedy === null ? evidence : `${evidence} ${remedy}`));
}

describe('the findings', () => {
  const without = { ...outage, ...ledgerOf({ delivered: 900, missed: 100 }) };
  const replayed = { ...outage, recovered: 36, ...ledgerOf({ delivered: 900, recovered: 100 }) };
  const together = { ...herd, attempts: [0, 30, 0, 10], synchronisation: 2.25 };
  const haunted = { ghosts: 12, missing: 0, ghostsUntil: 4.2, rightAtEnd: true };
  const silent = { ...outage, fault: 'blackhole', kinds: ['blackhole', 'latency'], pingTimeouts: 40 };
  const catchup: RunRecord['metrics'] = { 'broadcast.catchup': { ...time, count: 100, max: 3210 } };

  test.each<[what: string, outages: readonly Outage[], said: RegExp, metrics?: RunRecord['metrics']]>([
    [
      'were told to go',
      [{ ...outage, never: [{ reason: 'io server disconnect', clients: 3 }] }],
      /^Clients never came back \(3 after reset\): the server ended their connection .* at the engine level/,
    ],
    [
      'did not come back otherwise',
      [{ ...outage, never: [{ reason: 'timeout', clients: 2 }] }],
      /^Clients were not back in time \(2 after reset\)\. The last errors they saw: «timeout»\..*reconnectionAttempts/,
    ],
    ['came back deaf', [{ ...outage, deaf: 2 }], /^Clients came back deaf \(2 after reset\): .*on every `connect`/],
    [
      'missed messages, with no recovery',
      [without],
      /^100 deliveries were missed in reset, and no session was recovered\. Enable `connectionStateRecovery`/,
    ],
    [
      'were sent what they had missed',
      [replayed],
      /^Sessions were recovered in 36 of 40 reconnections \(reset\): 100 deliveries were replayed, the oldest 3,2\d0 ms old\.$/,
      catchup,
    ],
    [
      'do not know whether they were heard',
      [{ ...outage, ...ledgerOf({ unknown: 48 }) }],
      /^48 deliveries are unaccounted for \(48 after reset\): .* `retries` and `ackTimeout`/,
    ],
    [
      'were cut by mere latency',
      [{ ...outage, fault: 'latency', kinds: ['latency'], pingTimeouts: 8, disconnected: 8 }],
      /by ping timeout \(8 after latency\)\. .* Raise `pingTimeout` \(3,000 ms here\)\.$/,
    ],
    [
      'were long in noticing',
      [silent],
      /^Clients took 3,400 ms in blackhole to detect the dead link: .* \(3,000 ms to 5,000 ms here\)\. Shorten/,
      timeOf('reconnect.detect', silent, { p50: 3400 }),
    ],
    [
      'reconnected in a storm',
      [{ ...outage, herd: together }],
      /^Clients reconnected in a storm \(reset\): in the worst, reset, 30 of 40 tried within the same 100 ms, 2 times the mean; the server's event loop was up to 21\.0 ms late\. Raise `reconnectionDelay` /,
    ],
    [
      'reconnected in a storm after a long time',
      [{ ...outage, herd: together }],
      /From the fifth attempt on .*, without jitter\. Raise `reconnectionDelayMax`/,
      timeOf('reconnect.attempts', outage, { unit: '1', max: 6 }),
    ],
    [
      'were let in together',
      [{ ...outage, fault: 'blackhole', herd: { ...herd, successes: [0, 0, 25, 15] } }],
      /^Clients connected together \(25 after blackhole, within the same 100 ms\).* shorten the clients' `timeout`/,
    ],
    [
      'heard things twice, and out of order',
      [{ ...outage, ...ledgerOf({ duplicate: 4, reordered: 1 }) }],
      /^Messages arrived twice \(4 after reset\) and out of order \(1 after reset\)\. Give each message an id/,
    ],
    [
      'were listed though gone',
      [{ ...outage, presence: haunted }],
      /^The member list was wrong after faults \(reset: up to 12 listed who were gone, until 4,200 ms after it began\)/,
    ],
    [
      'with habits were listed though gone',
      [
        { ...few, presence: haunted },
        { ...few, fault: 'laptop', presence: { ...haunted, ghosts: 2, ghostsUntil: 5 } },
      ],
      /\(commuter and laptop: up to 12 listed who were gone, until 5,000 ms after it began\)/,
    ],
    [
      'are listed though gone in the end',
      [{ ...outage, presence: { ...haunted, rightAtEnd: false } }],
      /until 4,200 ms after it began, still wrong in the end\)/,
    ],
  ])('clients %s', (_, outages, said, metrics) => {
    const found = sentencesOf(record(outages, metrics));
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(said);
  });

  test('faults without recovery are told apart where there was some', () => {
    const found = sentencesOf(record([replayed, { ...without, fault: 'kill' }]));
    expect(found).toHaveLength(2);
    expect(found[0]).toMatch(
      /^100 deliveries were missed in kill, and no session was recovered there, although the server keeps/,
    );
    expect(found[1]).toMatch(/^Sessions were recovered in 36 of 40/);
  });

  test('nothing is said where all went well, nor of runs without faults', () => {
    expect(findingsOf(record([outage, few, { ...silent, presence: { ...haunted, ghostsUntil: 0.4 } }]))).toEqual([]);
    expect(findingsOf(record([]))).toEqual([]);
  });

  test('a client that slept and noticed on waking was not slow to detect', () => {
    const asleep = timeOf('reconnect.detect', silent, { p50: 10_000 });
    const whole = record([silent], asleep);
    expect(findingsOf(whole)).toEqual([]);
    // Where it is not known how late a silent link is detected, no client is taken for asleep.
    const scenario = { ...whole.scenario, server: { pingInterval: 2000 } };
    expect(sentencesOf({ ...whole, scenario }).join()).toMatch(/10\.0 s in blackhole .* pingTimeout\. Shorten/);
  });

  test('tell of buffered messages that came before their sender was in the room', () => {
    const refused = { 'errors{reason=refused: NOT_JOINED}': { unit: '1', value: 22 } } as const;
    expect(sentencesOf(record([outage], refused)).join()).toMatch(/^22 messages were refused .* in an outbox/);
    const other = { 'errors{reason=refused: RATE_LIMITED}': { unit: '1', value: 22 } } as const;
    expect(sentencesOf(record([outage], other)).join()).not.toContain('refused');
  });

  test('what faults did is not told again as connections that ended', () => {
    const disconnects: RunRecord['metrics'] = { disconnects: { unit: '1', value: 40 } };
    expect(findingsOf(record([outage], disconnects))).toEqual([]);
    expect(findingsOf(record([], disconnects))).toHaveLength(1);
  });
});
