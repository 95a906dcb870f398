/** The verdict of a run in words, and how far its figures can be trusted; the same in every output. */

import { type ProcessEnd, UNWRITABLE_EXIT } from '../../measure/metrics/events.ts';
import type { Interval, RunRecord } from '../../measure/run-record/run-record.ts';
import { count, counted, ms, percent, plainNumber, statistic } from './quantities.ts';

type Breach = RunRecord['verdict']['breaches'][number];
type ThresholdResult = RunRecord['verdict']['thresholds'][number];

export type VerdictWord = 'passed' | 'failed' | 'invalid' | 'unknown' | 'interrupted';

/** A verdict's mark, so that it is not told by its colour alone. */
export const verdictMarks: Readonly<Record<VerdictWord, string>> = {
  passed: '✓',
  failed: '✗',
  invalid: '!',
  interrupted: '‖',
  unknown: '?',
};

/** The verdict in a word. */
export function verdictWord({ verdict, interruptedBy }: Pick<RunRecord, 'verdict' | 'interruptedBy'>): VerdictWord {
  if (interruptedBy) return 'interrupted';
  if (verdict.breaches.length > 0) return 'invalid';
  return ({ pass: 'passed', fail: 'failed', unknown: 'unknown' } as const)[verdict.outcome];
}

/** What each gate asks of a run, for those that list all of them. */
export const gateNames: Readonly<Record<Breach['gate'], string>> = {
  participation: 'all clients took part',
  undelivered: 'messages were delivered while no fault was on',
  unconfirmed: 'every message is known to have been sent or not',
  persona: 'all personas worked',
  search: 'the search came to an answer',
  unmade: 'all faults were injected',
  untested: 'every fault disconnected clients',
  headroom: 'there were enough descriptors and ports',
  lag: 'the load generator kept up',
  busy: 'the load generator was not saturated',
  stall: 'no load-generator process stalled',
  starved: 'no process was starved',
  rate: 'the message schedule was kept',
  death: 'no process ended early',
  conservation: 'the messages add up',
  balance: 'the ledger balances',
  shard: 'every shard kept up',
};

/** Why a run is invalid. */
export function breachSentence(breach: Breach): string {
  return `Invalid: ${breachReason(breach)}`;
}

/** The same without its first word: a clause. */
export function breachReason(breach: Breach): string {
  switch (breach.gate) {
    case 'lag':
      return `the load generator fell behind (p99 lag ${ms(breach.p99Ms)}, limit ${ms(breach.limitMs)}). ${lessLoad}`;
    case 'stall':
      return `the ${breach.role} process stood still for ${ms(breach.stallMs)} (limit ${ms(breach.limitMs)}). ${lessLoad}`;
    case 'busy':
      return `the load generator was saturated (${breach.role} event loop ${percent(breach.utilization)} busy for 5 s, limit ${percent(breach.limit)}). ${lessLoad}`;
    case 'starved': {
      const other = breach.role === 'crowd' ? 'probes' : 'crowd';
      return `this machine starved the ${breach.role}, which received the same messages much later than the ${other} in ${breach.seconds} of ${breach.of} seconds. ${lessLoad}`;
    }
    case 'headroom':
      return `not enough ${breach.resource} (${count(breach.wanted)} needed, ${count(breach.available)} available). ${headroomRemedy[breach.resource]}`;
    case 'participation': {
      const reasons = breach.reasons.map(({ reason, clients }) => `${count(clients)} × ${reason}`).join('; ');
      const who = breach.role === 'crowd' ? 'users' : 'probes';
      return `asked for ${count(breach.asked)} ${who}, ${count(breach.tookPart)} took part${reasons && ` (absent: ${reasons})`}. ${participationRemedy}`;
    }
    case 'undelivered':
      return `nothing was delivered${breach.rooms.length > 0 ? ` in ${breach.rooms.join(', ')}` : ''} while no fault was on (${count(breach.expected)} deliveries expected). Check the dialect: \`send\`, \`join\` and \`hear\`.`;
    case 'unconfirmed':
      return `it is unknown whether ${count(breach.unknown)} of ${count(breach.expected)} deliveries were ever sent, without any fault: nothing acknowledged or delivered their messages. Check \`send\` in the dialect.`;
    case 'persona':
      return `the persona ${breach.persona} failed for ${count(breach.clients)} of ${counted(breach.of, 'client')} (${breach.reasons.join('; ')}). Mend its file.`;
    case 'search':
      return `the search came to no answer (${searchEnds[breach.end]}; ${counted(breach.windows, 'window')} counted). ${lessLoad}`;
    case 'unmade':
      return `${breach.faults.join(', ')} ${breach.faults.length > 1 ? 'were' : 'was'} asked for, but never made, so nothing about ${breach.faults.length > 1 ? 'them' : 'it'} was tested. A persona has to call \`world.happen\`; else see the logs in the run's folder.`;
    case 'untested':
      return `${breach.faults.join(', ')} disconnected no one, so nothing about ${breach.faults.length > 1 ? 'them' : 'it'} was tested. ${noticed(breach.noticedAfterMs)}: let the fault last longer.`;
    case 'rate':
      return `the schedule was not kept (${count(breach.achieved)} of ${count(breach.offered)} messages came due). Use a lower rate or a bigger machine.`;
    case 'shard':
      return `shard ${count(breach.shard)}, made by the worker ${breach.worker}: ${breachReason(breach.breach)}`;
    case 'death':
      if (breach.role === 'worker')
        return `a worker was lost (${endWords(breach.end)}): ${breach.said.join(' ')}. A part of the load and what it measured is missing.`;
      if (breach.role === 'hook')
        return `a hook of the dialect failed (${endWords(breach.end)}). See hooks.log in the run's folder.`;
      return `the ${breach.role} process ended early (${endWords(breach.end)}). See its log in the run's folder.${lastWords(breach.said)}`;
    case 'conservation':
      return `the messages do not add up (${count(breach.scheduled)} scheduled, ${count(breach.sent)} sent + ${count(breach.dropped)} dropped; of those sent ${count(breach.ok)} ok + ${count(breach.refused)} refused + ${count(breach.info)} unconfirmed). This is a bug in chatstorm: please report it.`;
    case 'balance':
      return `the ledger does not balance (${count(breach.expected)} deliveries expected, ${count(breach.accounted)} accounted for). This is a bug in chatstorm: please report it.`;
  }
}

function noticed(afterMs: number | null): string {
  const after = afterMs === null ? 'the pingInterval and pingTimeout of the server' : ms(afterMs);
  return `A silent link is noticed only after ${after}${afterMs === null ? '' : ' here (pingInterval + pingTimeout)'}`;
}

const participationRemedy = 'Check the limits and the authentication of the server, and the dialect.';

const lessLoad = 'Use fewer users, a lower rate, or a bigger machine.';

const searchEnds = {
  generator: 'the load generator was not healthy',
  nothingHeld: 'nothing held',
  timeIsUp: 'time was up',
  unfinished: 'it was cut short',
} as const;

const headroomRemedy = {
  descriptors: 'Raise the limit with ulimit -n, or use fewer users.',
  ports: 'Wait until old connections are gone, widen net.ipv4.ip_local_port_range, or use fewer users.',
} as const;

function lastWords(said: readonly string[]): string {
  return said.length === 0 ? '' : ` It ends with: ${said.join(' / ')}`;
}

function endWords(end: ProcessEnd): string {
  switch (end.kind) {
    case 'exit':
      return end.code === UNWRITABLE_EXIT ? "it could not write to the run's folder" : `exit code ${end.code}`;
    case 'signal':
      return end.signal;
    case 'failed':
      return end.message;
    case 'timedOut':
      return `no answer within ${count(end.afterMs / 1000)} s`;
    case 'unrecorded':
      return 'its end was not recorded';
  }
}

/** Whether the latency still moved after the warm-up; undefined where there are too few seconds to tell. */
export function steadinessSentence({ steadiness }: Pick<RunRecord, 'steadiness'>): string | undefined {
  if (!steadiness) return undefined;
  const { steady, firstMs, lastMs } = steadiness;
  const medians = `median ${ms(firstMs)} in the first third, ${ms(lastMs)} in the last`;
  return steady ? `steady (${medians})` : `not steady: latency still changed after the warm-up (${medians})`;
}

/** What the harness itself adds, measured just before the run. */
export function floorSentence({ floor }: Pick<RunRecord, 'floor'>): string {
  if (!floor) return 'not measured';
  return `p50 ${statistic(floor.p50)}, p99 ${statistic(floor.p99)} against a null target`;
}

/** A 95 % confidence interval; `show` spells its ends. */
export function intervalWords(interval: Interval | null | undefined, show: (value: number) => string): string {
  return interval ? `${show(interval.low)} to ${show(interval.high)}` : 'insufficient';
}

export function thresholdValue(result: ThresholdResult): string {
  if (result.outcome === 'unknown') return unknownWords[result.why];
  return result.unit === 'ms' ? ms(result.value) : plainNumber(result.value);
}

const unknownWords = {
  noSamples: 'no samples',
  nothingExpected: 'no delivery was expected',
  insufficient: 'insufficient: too few samples',
  notTested: 'not tested: the fault disconnected no one',
} as const;
