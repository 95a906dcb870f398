/** What the findings of a run are called in words, the same in every output. */

import { anomalies } from '../measure/events.ts';
import { metricKey } from '../measure/keys.ts';
import type { Distribution, Interval, RunRecord } from '../measure/run-record.ts';

type Breach = RunRecord['verdict']['breaches'][number];
type ThresholdResult = RunRecord['verdict']['thresholds'][number];

/** The verdict in a word or two: what a busy person needs to know first. */
export function verdictWord({
  verdict,
  interruptedBy,
}: RunRecord): 'passed' | 'failed' | 'not to be believed' | 'unknown' | 'interrupted' {
  if (interruptedBy) return 'interrupted';
  if (verdict.breaches.length > 0) return 'not to be believed';
  return ({ pass: 'passed', fail: 'failed', unknown: 'unknown' } as const)[verdict.outcome];
}

/** The run in a sentence. */
export function headline(record: RunRecord): string {
  const { load, metrics, verdict } = record;
  const number = (key: string) => numberOf(record, key);
  const crowd = load.users > 0 ? `${count(load.users)} crowd users and ` : '';
  const who = `${crowd}${count(load.probes)} probes`;
  const expected = number('delivery.expected');
  if (record.fallback) return fallbackHeadline(record, who);
  if (expected === 0) return `${who}; no delivery was expected.`;
  const failed = verdict.thresholds.filter(({ outcome }) => outcome === 'fail').map(({ text }) => text);
  const amiss = [
    ...anomalies.map((anomaly) => [anomaly, number(`delivery.${anomaly}`)] as const),
    ['missed', number('delivery.missed')] as const,
    ['unknown', number('delivery.unknown')] as const,
  ].filter(([, n]) => n > 0);
  const lost = number('delivery.lost');
  const latency = metrics['broadcast.latency'];
  return `${[
    who,
    `${count(expected)} deliveries expected, ${[`${lost === 0 ? 'none' : count(lost)} lost`, ...amiss.map(([what, n]) => `${count(n)} ${what}`)].join(', ')}`,
    ...(number('messages.dropped') > 0 ? [`${count(number('messages.dropped'))} messages could not be sent`] : []),
    ...(latency && 'p99' in latency ? [`${within(latency)}, the slowest took ${ms(latency.max)}`] : []),
    ...(failed.length > 0 ? [`failed on ${failed.join(' and ')}`] : []),
  ].join('; ')}.`;
}

function fallbackHeadline(record: RunRecord, who: string): string {
  const { matrix, verdict } = record;
  const failed = verdict.thresholds.filter(({ outcome }) => outcome === 'fail').map(({ text }) => text);
  const connected = (order: string) => percent(numberOf(record, metricKey('fallback.connected', { order })));
  const lost = numberOf(record, 'delivery.lost');
  return `${[
    `${who} on ${count(matrix?.networks.length ?? 0)} networks`,
    `got through: ${(matrix?.orders ?? []).map((order) => `${order} ${connected(order)}`).join(', ')}`,
    `${count(numberOf(record, 'delivery.expected'))} deliveries expected, ${lost === 0 ? 'none' : count(lost)} lost`,
    ...(failed.length > 0 ? [`failed on ${failed.join(' and ')}`] : []),
  ].join('; ')}.`;
}

function within({ p50, p99 }: Distribution): string {
  if (p99 !== null) return `99 % arrived within ${ms(p99)}`;
  return p50 === null
    ? 'too few messages for percentiles'
    : `half arrived within ${ms(p50)} (too few messages for p99)`;
}

/** Why a run is not to be believed. */
export function breachSentence(breach: Breach): string {
  switch (breach.gate) {
    case 'lag':
      return `The generator fell behind: p99 lag ${ms(breach.p99Ms)}, allowed ${ms(breach.limitMs)}. These latencies say more about this machine than about the server.`;
    case 'stall':
      return `The ${roleWord(breach.role)} stood still for ${ms(breach.stallMs)}, allowed ${ms(breach.limitMs)}. These latencies say more about this machine than about the server.`;
    case 'busy':
      return `The ${roleWord(breach.role)} had too much to do: the event loop was ${percent(breach.utilization)} busy over five seconds, allowed ${percent(breach.limit)}. Fewer users or a bigger machine will do.`;
    case 'starved':
      return `The ${roleWord(breach.role)} heard the same messages much later than the ${roleWord(breach.role === 'crowd' ? 'probes' : 'crowd')} did, in ${breach.seconds} of ${breach.of} seconds: this machine starved it.`;
    case 'headroom':
      return `There are too few ${breach.resource} for this run: ${count(breach.wanted)} wanted, ${count(breach.available)} available. ${headroomRemedy[breach.resource]}`;
    case 'rate':
      return `The load was not what was asked for: ${count(breach.achieved)} of ${count(breach.offered)} messages came due.`;
    case 'death':
      return `The ${roleWord(breach.role)} ended before the run did (${breach.how}).`;
    case 'conservation':
      return `The messages do not add up: ${count(breach.scheduled)} scheduled, ${count(breach.sent)} sent + ${count(breach.dropped)} dropped; of those sent ${count(breach.ok)} ok + ${count(breach.refused)} refused + ${count(breach.info)} info. This is a bug of chatstorm.`;
    case 'balance':
      return `The ledger does not balance: ${count(breach.expected)} pairs expected, ${count(breach.accounted)} accounted for. This is a bug of chatstorm.`;
  }
}

const headroomRemedy = {
  descriptors: 'Raise the limit with ulimit -n, or load with fewer users.',
  ports: 'Wait until old connections are gone, widen net.ipv4.ip_local_port_range, or load with fewer users.',
} as const;

/** Whether the latency still moved after the warm-up; undefined where there are too few seconds to tell. */
export function steadinessSentence({ steadiness }: RunRecord): string | undefined {
  if (!steadiness) return undefined;
  const { steady, firstMs, lastMs } = steadiness;
  const medians = `median ${ms(firstMs)} in the first third, ${ms(lastMs)} in the last`;
  return steady ? `steady (${medians})` : `not steady: the latency still moved after the warm-up (${medians})`;
}

/** What the harness itself adds, measured just before the run. */
export function floorSentence({ floor }: RunRecord): string {
  if (!floor) return 'not measured';
  return `p50 ${statistic(floor.p50)}, p99 ${statistic(floor.p99)} against a null target`;
}

/** A percentile in ms, or that too few messages are behind it. */
export function statistic(value: number | null): string {
  return value === null ? 'insufficient' : ms(value);
}

/** A 95 % confidence interval; `show` spells its ends. */
export function intervalWords(interval: Interval | null | undefined, show: (value: number) => string): string {
  return interval ? `${show(interval.low)} to ${show(interval.high)}` : 'insufficient';
}

export function thresholdValue(result: ThresholdResult): string {
  if (result.outcome === 'unknown') {
    return unknownWords[result.why];
  }
  return result.unit === 'ms' ? ms(result.value) : plainNumber(result.value);
}

const unknownWords = {
  noSamples: 'no samples',
  nothingExpected: 'no delivery was expected',
  insufficient: 'insufficient: too few messages behind it',
} as const;

/** The value of a counter or a derived metric; 0 where it was never touched. */
export function numberOf({ metrics }: Pick<RunRecord, 'metrics'>, key: string): number {
  const metric = metrics[key];
  return metric && 'value' in metric ? metric.value : 0;
}

/** Milliseconds to three significant digits, in seconds from ten seconds on. */
export function ms(value: number): string {
  if (value >= 10_000) return `${(value / 1000).toFixed(1)} s`;
  if (value >= 100) return `${value.toFixed(0)} ms`;
  return value >= 10 ? `${value.toFixed(1)} ms` : `${value.toFixed(2)} ms`;
}

export function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

export function percent(share: number): string {
  return `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
}

/** A number as short as it can be without hiding a small one. */
export function plainNumber(value: number): string {
  return Number.isInteger(value) ? count(value) : Number(value.toPrecision(3)).toString();
}

function roleWord(role: string): string {
  return role === 'crowd' ? 'crowd (Artillery)' : role;
}
