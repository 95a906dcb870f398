import { expect } from 'vitest';
import { countSlots } from '../../bots/schedule.ts';
import { anomalies } from '../../measure/metrics/events.ts';
import type { Performance } from './performance.ts';
import type { Truth } from './target.ts';

type Counts = Readonly<Record<string, number>>;

const EXAMPLES = 100;

/**
 * Expects what the harness counted to be what the target did: every counter there is, the number of samples, and the
 * examples of anomalies. `wrong` says, by the target's own count, what went wrong.
 */
export function expectAccount(performance: Performance, wrong: Counts = {}): void {
  const { counters, histograms, truth, schedule } = performance;
  const expected = accountOf(truth, wrong);
  const count = (key: string) => expected[key] ?? 0;
  const samples = (key: string) => histograms.get(key)?.count ?? 0;
  expect(nonZero(counters)).toEqual(expected);
  expect(truth.measured).toBe(countSlots([schedule], schedule.fromMs, schedule.toMs));
  expectBalance(counters);
  expect(samples('ack.latency')).toBe(truth.acks);
  expect(samples('generator.lag')).toBe(truth.messages);
  // What came before its message was refused has been measured, and is told without an example.
  const { despite = 0 } = truth.own;
  expectBetween(samples('broadcast.latency'), count('delivery.delivered') - truth.closingDeliveries, despite);
  const closingCalls = truth.closingDeliveries > 0 ? truth.messages - truth.measured : 0;
  expectBetween(samples('broadcast.last'), count('messages.complete') - closingCalls, truth.refusals);
  for (const kind of anomalies) {
    const doubtful = kind === 'phantom' ? despite : 0;
    const certain = count(`delivery.${kind}`) - doubtful;
    expectBetween(performance.examples[kind]!.length, Math.min(EXAMPLES, certain), doubtful);
  }
}

/** Expects the ledger to balance where connections ended, and to agree with the target about who was there. */
export function expectKicks({ counters, truth, schedule }: Performance, kicks: number, reason: string): void {
  const count = (key: string) => counters[key] ?? 0;
  // What was on its way to a connection that the target had begun to close never came: unknown.
  const onTheWay = count('messages.sent') - truth.messages;
  expect(sumOf(counters, 'disconnects')).toBe(kicks);
  expect(count(`disconnects{reason=${reason}}`)).toBe(kicks);
  expect(count('connections.established')).toBe(truth.connections);
  expect(count('messages.scheduled')).toBe(countSlots([schedule], schedule.fromMs, schedule.toMs));
  expect(count('messages.scheduled') - count('messages.dropped')).toBe(truth.measured + onTheWay);
  expect(count('messages.ok')).toBe(truth.messages);
  expect(count('messages.info')).toBe(onTheWay);
  expect(count('ack.timeout')).toBe(0);
  expect(count('messages.complete')).toBe(truth.whole);
  expect(count('messages.incomplete')).toBe(count('messages.sent') - truth.whole);
  expect(count('delivery.arrived')).toBe(truth.deliveries);
  expect(count('delivery.delivered') + count('delivery.recovered')).toBe(truth.deliveries);
  expect(truth.absent).toBeGreaterThan(0);
  // From noticing the kick on, half a second at least, everything that was missed was missed offline.
  const [offline, cut] = [count('delivery.missed{cause=offline}'), count('delivery.missed{cause=cut}')];
  expect(offline).toBeGreaterThan(0);
  expect(offline + cut).toBe(truth.absent);
  expect(count('delivery.expected') - count('delivery.unknown')).toBe(truth.present + truth.absent);
  expectBalance(counters);
  for (const kind of ['lost', 'boundary', ...anomalies]) expect(count(`delivery.${kind}`), kind).toBe(0);
}

/** What the target counted under a name of its own; at least `atLeast`, lest a test of nothing pass. */
export function own({ truth }: Performance, what: string, atLeast = 5): number {
  const n = truth.own[what] ?? 0;
  expect(n, what).toBeGreaterThanOrEqual(atLeast);
  return n;
}

export function measuredDeliveries({ truth }: Performance): number {
  return truth.deliveries - truth.closingDeliveries;
}

/** What the harness has to have counted. */
function accountOf({ messages, measured, present, deliveries, connections }: Truth, wrong: Counts): Counts {
  const asItShould = {
    'messages.scheduled': measured,
    'messages.sent': messages,
    'messages.ok': messages,
    'messages.complete': messages,
    'delivery.expected': present,
    'delivery.delivered': deliveries,
    'delivery.arrived': deliveries,
    'connections.attempted': connections,
    'connections.established': connections,
  };
  return nonZero({ ...asItShould, ...wrong });
}

/** expected = delivered + recovered + missed + lost + unknown. */
function expectBalance(counters: Counts): void {
  const outcomes = ['delivered', 'recovered', 'missed', 'lost', 'unknown'];
  const accounted = outcomes.reduce((sum, outcome) => sum + sumOf(counters, `delivery.${outcome}`), 0);
  expect(accounted).toBe(counters['delivery.expected']);
}

/** Exactly `n`, or up to `doubtful` more where some depends on what came first. */
function expectBetween(actual: number, n: number, doubtful: number): void {
  expect(actual).toBeGreaterThanOrEqual(n);
  expect(actual).toBeLessThanOrEqual(n + doubtful);
}

/** The sum of a counter over all its labels. */
function sumOf(counters: Counts, name: string): number {
  const keys = Object.keys(counters).filter((key) => key === name || key.startsWith(`${name}{`));
  return keys.reduce((sum, key) => sum + counters[key]!, 0);
}

function nonZero(counts: Counts): Counts {
  return Object.fromEntries(Object.entries(counts).filter(([, n]) => n !== 0));
}
