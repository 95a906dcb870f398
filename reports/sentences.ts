/** What the findings of a run are called in words, the same in every output. */

import type { Interval, RunRecord } from '../measure/run-record.ts';

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

/** Milliseconds as one tells them of an outage: to two digits, in seconds from one second on. */
export function howLong(value: number): string {
  if (value >= 999.5) return `${(value / 1000).toFixed(1)} s`;
  return `${value.toFixed(value < 9.95 ? 1 : 0)} ms`;
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

/** Names as a sentence lists them: a, b and c. */
export function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

function roleWord(role: string): string {
  return role === 'crowd' ? 'crowd (Artillery)' : role;
}
