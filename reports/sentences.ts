/** What the findings of a run are called in words, the same in every output. */

import type { RunRecord } from '../measure/run-record.ts';

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
  const { load, metrics } = record;
  const number = (key: string) => numberOf(record, key);
  const crowd = load.users > 0 ? `${count(load.users)} crowd users and ` : '';
  const who = `${crowd}${count(load.probes)} probes`;
  const expected = number('delivery.expected');
  if (expected === 0) return `${who}; no delivery was expected.`;
  const latency = metrics['broadcast.latency'];
  const times =
    latency && 'p99' in latency ? `; 99 % arrived within ${ms(latency.p99)}, the slowest took ${ms(latency.max)}` : '';
  const lost = number('delivery.lost');
  return `${who}; ${count(expected)} deliveries expected, ${lost === 0 ? 'none' : count(lost)} lost${times}.`;
}

/** Why a run is not to be believed. */
export function breachSentence(breach: Breach): string {
  switch (breach.gate) {
    case 'lag':
      return `The generator fell behind: p99 lag ${ms(breach.p99Ms)}, allowed ${ms(breach.limitMs)}. These latencies say more about this machine than about the server.`;
    case 'busy':
      return `The probes were too busy to measure: their event loop was ${percent(breach.utilization)} busy over five seconds, allowed ${percent(breach.limit)}.`;
    case 'rate':
      return `The load was not what was asked for: ${count(breach.achieved)} of ${count(breach.offered)} messages came due.`;
    case 'death':
      return `The ${roleWord(breach.role)} ended before the run did (${breach.how}).`;
    case 'balance':
      return `The ledger does not balance: ${count(breach.expected)} pairs expected, ${count(breach.accounted)} accounted for. This is a bug of chatstorm.`;
  }
}

export function thresholdValue(result: ThresholdResult): string {
  if (result.outcome === 'unknown') {
    return result.why === 'nothingExpected' ? 'no delivery was expected' : 'no samples';
  }
  return result.unit === 'ms' ? ms(result.value) : plainNumber(result.value);
}

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
