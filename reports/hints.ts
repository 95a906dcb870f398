import type { RunRecord } from '../measure/run-record.ts';
import { fallbackFindings } from './fallback.ts';
import { outageFindings } from './outage-findings.ts';
import { count, numberOf } from './sentences.ts';

/** What a run's figures suggest to look at, in sentences: the likely cause and what to do about it. */
export function hints(record: RunRecord): string[] {
  const found = [notJoined, nothingHeard, noEcho, connectionsEnded, tooShort].flatMap((hint) => hint(record) ?? []);
  return [...found, ...fallbackFindings(record), ...outageFindings(record)];
}

type Hint = (record: RunRecord) => string | undefined;

const notJoined: Hint = (record) => {
  const { scheduled, sent } = messages(record);
  if (scheduled === 0 || sent > 0 || numberOf(record, 'connections.established') === 0) return undefined;
  return 'The probes connected, but none got into a room: is `join` of the dialect right (its event, its arguments, what confirms it)?';
};

const nothingHeard: Hint = (record) => {
  const heard = numberOf(record, 'delivery.arrived');
  if (numberOf(record, 'delivery.expected') === 0 || heard > 0) return undefined;
  return 'Nothing at all was heard, though messages were sent: is `hear.event` of the dialect right?';
};

const noEcho: Hint = (record) => {
  const lost = numberOf(record, 'delivery.lost');
  if (lost === 0 || lost !== messages(record).sent || numberOf(record, 'delivery.delivered') === 0) return undefined;
  return 'Each message is missing at exactly one recipient: if senders do not hear themselves, the dialect has to say `echo: false`.';
};

const connectionsEnded: Hint = (record) => {
  const ended = numberOf(record, 'disconnects');
  const { dropped } = messages(record);
  if (ended === 0 || record.matrix || record.outages.length > 0) return undefined;
  const reasons = Object.keys(record.metrics).flatMap((key) => /^disconnects\{reason=(.*)\}$/.exec(key)?.[1] ?? []);
  const unsent = dropped > 0 ? ` ${count(dropped)} messages could not be sent meanwhile.` : '';
  return `${count(ended)} connections of probes ended (${reasons.join(', ')}), ${count(numberOf(record, 'reconnect.count'))} came back.${unsent}`;
};

const tooShort: Hint = ({ verdict, load }) => {
  if (!verdict.thresholds.some((result) => result.outcome === 'unknown' && result.why === 'insufficient'))
    return undefined;
  const seconds = Math.ceil(600 / (load.talkers * load.ratePerTalker));
  return `A threshold has too few messages behind it: p99 wants about 600, which takes ${count(seconds)} s at this rate.`;
};

function messages(record: RunRecord) {
  const of = (name: string) => numberOf(record, `messages.${name}`);
  return { scheduled: of('scheduled'), sent: of('sent'), dropped: of('dropped') };
}
