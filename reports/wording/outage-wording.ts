/** The faults of a reconnection run in words: who was disconnected, who came back and when, what was missed. */

import { metricKey } from '../../measure/metrics/metric-key.ts';
import type { Distribution, FoldedRun } from '../../measure/run-record/run-record.ts';
import { samplesFor } from '../../measure/statistics/sufficiency.ts';
import { outageNodeWords } from './node-wording.ts';
import { count, counted, listed, ms, plainNumber } from './quantities.ts';
import type { Outage, ScoreColumn } from './score-column.ts';

/** A fault that touched all clients; one that touches only some, as of personas, has no ledger of its own. */
export type SharedOutage = Outage & { readonly ledger: NonNullable<Outage['ledger']> };

export const scoreColumns: readonly ScoreColumn[] = [
  {
    group: '',
    title: 'cut',
    of: (_, { disconnected, clients, failed }) =>
      failed.length > 0 ? 'failed' : `${count(disconnected)}/${count(clients)}`,
    isBad: ({ failed }) => failed.length > 0,
  },
  { group: 'noticed', title: 'p50', of: (record, one) => typical(record, 'reconnect.detect', one) },
  { group: 'noticed', title: 'p99', of: (record, one) => slowest(record, 'reconnect.detect', one) },
  { group: 'back', title: 'p50', of: (record, one) => typical(record, 'reconnect.outage', one) },
  { group: 'back', title: 'p99', of: (record, one) => slowest(record, 'reconnect.outage', one) },
  { group: 'back', title: 'last', of: (_, outage) => lastBack(outage), isBad: (outage) => goneFrom(outage) > 0 },
  ledgerColumn('missed'),
  {
    ...ledgerColumn('lost'),
    isBad: ({ ledger }) => (ledger?.lost ?? 0) > 0,
  },
  ledgerColumn('unknown'),
  ledgerColumn('recovered'),
  {
    group: 'herd',
    title: 'peak/s',
    of: (_, { herd }) => (herd.peakPerSecond === 0 ? '–' : count(herd.peakPerSecond)),
  },
  {
    group: 'steady',
    title: 'after',
    of: (_, { steadyAfter, ledger, offAt, to }) => {
      if (ledger === null) return '–';
      return steadyAfter === null ? `> ${Math.floor(to - offAt)} s` : `${plainNumber(steadyAfter)} s`;
    },
  },
];

/** What the marks of the scorecard mean; undefined where all of it can be read without. */
export function scoreNote(record: FoldedRun): string | undefined {
  const cells = record.outages.flatMap((outage) => scoreColumns.map((column) => column.of(record, outage)));
  const marks = [
    ...(cells.some((cell) => cell.startsWith('≤')) ? ['≤ marks the maximum'] : []),
    ...(cells.some((cell) => cell.startsWith('ø')) ? ['ø the mean'] : []),
  ];
  return marks.length === 0
    ? undefined
    : `${listed(marks)} where there are too few clients for a percentile (p99 needs about ${count(samplesFor(99))}, p50 ${count(samplesFor(50))}).`;
}

/** How many clients were cut and not back in the end. */
export function goneFrom({ never }: Outage): number {
  return never.reduce((sum, { clients }) => sum + clients, 0);
}

export function isShared(outage: Outage): outage is SharedOutage {
  return outage.ledger !== null;
}

/** A time of a fault's clients; undefined where it came to none of them. */
export function faultTime({ metrics }: FoldedRun, name: string, { fault }: Outage): Distribution | undefined {
  const metric = metrics[metricKey(name, { fault })];
  return metric && 'p50' in metric && metric.count > 0 ? metric : undefined;
}

/** Whether all clients came back after every fault, and how late; or how many did not. */
export function comebackWords(record: FoldedRun): string {
  const { outages } = record;
  const latest = Math.max(0, ...outages.filter(isShared).map(({ backAfter }) => backAfter.all ?? 0));
  const gone = perFault(outages, goneFrom);
  const deaf = perFault(outages, (outage) => outage.deaf);
  const words = outages.every(({ disconnected }) => disconnected === 0)
    ? 'no client was disconnected'
    : gone === undefined
      ? `all clients came back${outages.length > 1 ? ' after every fault' : ''}${latest > 0 ? ` within ${ms(latest * 1000)}` : ''}`
      : `some clients did not come back (${gone})`;
  return deaf === undefined ? words : `${words}; some came back deaf (${deaf})`;
}

/** Counts by fault as a sentence lists them: 3 after restart and 1 after blackhole; undefined where there are none. */
export function perFault(outages: readonly Outage[], of: (outage: Outage) => number): string | undefined {
  const told = outages.flatMap((outage) => (of(outage) > 0 ? [`${count(of(outage))} after ${outage.fault}`] : []));
  return told.length === 0 ? undefined : listed(told);
}

/** A fault in whole sentences. */
export function outageSentence(record: FoldedRun, outage: Outage): string {
  return [
    failureWords(outage),
    cutWords(record, outage),
    backWords(outage),
    ledgerWords(outage),
    herdWords(outage),
    steadyWords(outage),
    outageNodeWords(outage),
  ]
    .filter(Boolean)
    .join(' ');
}

/** How hard the server was hit meanwhile; undefined where it did not tell. */
export function serverWords({ herd: { serverCpu, serverLoopDelayMs } }: Outage): string | undefined {
  const told = [
    ...(serverCpu === null ? [] : [`CPU up to ${plainNumber(Math.round(serverCpu))} %`]),
    ...(serverLoopDelayMs === null ? [] : [`event loop up to ${ms(serverLoopDelayMs)} late`]),
  ];
  return told.length === 0 ? undefined : told.join(', ');
}

function failureWords({ failed }: Outage): string {
  return failed.map(({ reason, clients }) => `Failed for ${counted(clients, 'client')}: ${reason}.`).join(' ');
}

function cutWords(record: FoldedRun, outage: Outage): string {
  const { clients, disconnected, pingTimeouts } = outage;
  if (clients + disconnected === 0) return 'No client was connected when it began.';
  if (disconnected === 0) return `None of ${count(clients)} clients was disconnected.`;
  const who = disconnected === clients ? `All ${count(clients)}` : `${count(disconnected)} of ${count(clients)}`;
  const detect = faultTime(record, 'reconnect.detect', outage);
  const half = detect?.p50 == null ? '' : ` half within ${ms(detect.p50)},`;
  const when = detect ? ` and noticed it:${half} all within ${ms(detect.max)}` : '';
  const silent = pingTimeouts === 0 ? '' : `, ${count(pingTimeouts)} by ping timeout`;
  return `${who} clients were disconnected${when}${silent}.`;
}

function backWords({ disconnected, backAfter, never, attempts, reconnects, recovered, deaf }: Outage): string {
  if (disconnected === 0) return '';
  const { half, most, all } = backAfter;
  const shares = [
    ...(half === null ? [] : [`half after ${ms(half * 1000)}`]),
    ...(most === null ? [] : [`95 % after ${ms(most * 1000)}`]),
    ...(all === null ? [] : [`all after ${ms(all * 1000)}`]),
  ];
  const gone = never.map(({ reason, clients }) => `${count(clients)} never («${reason}»)`);
  const came = `Back: ${[...shares, ...gone].join(', ') || 'unknown'}`;
  const sessions = reconnects === 0 ? '' : `; ${count(recovered)} of ${count(reconnects)} sessions recovered`;
  const silent = deaf === 0 ? '' : ` ${count(deaf)} came back deaf: connected and in the room, but receiving nothing.`;
  return `${came}, in ${count(attempts)} attempts${sessions}.${silent}`;
}

function ledgerWords({ ledger }: Outage): string {
  if (ledger === null || ledger.expected === 0) return '';
  const told = (['recovered', 'missed', 'unknown', 'duplicate', 'reordered'] as const).flatMap((what) =>
    ledger[what] > 0 ? [`${count(ledger[what])} ${what}`] : [],
  );
  const lost = `${ledger.lost === 0 ? 'none' : count(ledger.lost)} lost`;
  return `Deliveries: ${count(ledger.delivered)} of ${count(ledger.expected)} as expected, ${[...told, lost].join(', ')}.`;
}

function herdWords(outage: Outage): string {
  const { peakPerSecond } = outage.herd;
  if (peakPerSecond === 0) return '';
  const server = serverWords(outage);
  return `Peak: ${count(peakPerSecond)} attempts/s${server === undefined ? '' : `; server ${server}`}.`;
}

function steadyWords({ steadyAfter, ledger }: Outage): string {
  if (ledger === null) return '';
  if (steadyAfter === null) return 'Latency did not settle while it was measured.';
  return `Latency settled ${steadyAfter === 0 ? 'at once' : `${plainNumber(steadyAfter)} s after the fault ended`}.`;
}

function typical(record: FoldedRun, name: string, outage: Outage): string {
  const time = faultTime(record, name, outage);
  if (!time) return '–';
  return time.p50 === null ? `ø ${ms(time.mean)}` : ms(time.p50);
}

function slowest(record: FoldedRun, name: string, outage: Outage): string {
  const time = faultTime(record, name, outage);
  if (!time) return '–';
  return time.p99 === null ? `≤ ${ms(time.max)}` : ms(time.p99);
}

function lastBack(outage: Outage): string {
  const { all } = outage.backAfter;
  if (goneFrom(outage) > 0) return `${count(goneFrom(outage))} never`;
  return all === null ? '–' : ms(all * 1000);
}

function ledgerColumn(what: 'missed' | 'lost' | 'unknown' | 'recovered'): ScoreColumn {
  return { group: '', title: what, of: (_, { ledger }) => (ledger === null ? '–' : count(ledger[what])) };
}
