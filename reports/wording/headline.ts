import { anomalies } from '../../measure/metrics/events.ts';
import { metricKey } from '../../measure/metrics/metric-key.ts';
import { numberOf } from '../../measure/run-record/read-metrics.ts';
import type { Distribution, FoldedRun } from '../../measure/run-record/run-record.ts';
import { capacitySentence } from './capacity-wording.ts';
import { comebackWords, isShared } from './outage-wording.ts';
import { count, counted, ms, percent } from './quantities.ts';
import { recoverySentenceOf } from './recovery-wording.ts';
import { thresholdValue } from './verdict-wording.ts';

/** The run in a sentence. */
export function headline(record: FoldedRun): string {
  const { load, metrics } = record;
  const number = (key: string) => numberOf(record, key);
  const crowd = load.users > 0 ? `${count(load.users)} crowd users and ` : '';
  const who = `${crowd}${count(load.probes)} probes`;
  const expected = number('delivery.expected');
  if (record.capacity) return capacitySentence(record);
  if (record.fallback) return fallbackHeadline(record, who);
  if (record.outages.length > 0) return outagesHeadline(record, who);
  if (record.recovery)
    return `${[recoverySentenceOf(record), deliveryWords(record), ...failedWords(record)].join('; ')}.`;
  if (expected === 0) return `${who}; no delivery was expected.`;
  const latency = metrics['broadcast.latency'];
  return `${[
    who,
    deliveryWords(record),
    ...(number('messages.dropped') > 0 ? [`${counted(number('messages.dropped'), 'message')} could not be sent`] : []),
    ...(latency && 'p99' in latency ? [`${within(latency)}, the slowest ${ms(latency.max)}`] : []),
    ...failedWords(record),
  ].join('; ')}.`;
}

function fallbackHeadline(record: FoldedRun, who: string): string {
  const { matrix } = record;
  const connected = (order: string) => percent(numberOf(record, metricKey('fallback.connected', { order })));
  const lost = numberOf(record, 'delivery.lost');
  return `${[
    `${who} on ${count(matrix?.networks.length ?? 0)} networks`,
    `connected: ${(matrix?.orders ?? []).map((order) => `${order} ${connected(order)}`).join(', ')}`,
    `${count(numberOf(record, 'delivery.expected'))} deliveries expected, ${lost === 0 ? 'none' : count(lost)} lost`,
    ...failedWords(record),
  ].join('; ')}.`;
}

function outagesHeadline(record: FoldedRun, who: string): string {
  return `${[
    `${who} through ${faultsWords(record)}`,
    comebackWords(record),
    numberOf(record, 'delivery.expected') === 0 ? 'no delivery was expected' : deliveryWords(record),
    ...failedWords(record),
  ].join('; ')}.`;
}

/** What became of all expected deliveries; what did not happen is left out, except that none were lost. */
function deliveryWords(record: FoldedRun): string {
  const number = (what: string) => numberOf(record, `delivery.${what}`);
  const lost = number('lost');
  const told = [
    ...anomalies,
    'missed',
    'unknown',
    ...(record.outages.length > 0 || record.recovery ? ['recovered'] : []),
  ];
  const others = told.flatMap((what) => (number(what) > 0 ? [`${count(number(what))} ${what}`] : []));
  const arrived = number('delivered') + number('recovered');
  const losses = arrived === 0 ? 'none delivered' : `${lost === 0 ? 'none' : count(lost)} lost`;
  return `${count(number('expected'))} deliveries expected, ${[losses, ...others].join(', ')}`;
}

function failedWords({ verdict }: FoldedRun): string[] {
  const failed = verdict.thresholds.flatMap((result) =>
    result.outcome === 'fail' ? [`${result.text} (was ${thresholdValue(result)})`] : [],
  );
  return failed.length > 0 ? [`failed on ${failed.join(' and ')}`] : [];
}

/** How many faults there were, those that touched only some clients apart. */
function faultsWords({ outages }: FoldedRun): string {
  const shared = outages.filter(isShared).length;
  const few = outages.length - shared;
  return [
    ...(shared > 0 ? [counted(shared, 'fault')] : []),
    ...(few > 0 ? [`${count(few)} that touched only some clients`] : []),
  ].join(' and ');
}

function within({ p50, p99 }: Distribution): string {
  if (p99 !== null) return `99 % of arrivals took at most ${ms(p99)}`;
  return p50 === null
    ? 'too few messages for percentiles'
    : `half of arrivals took at most ${ms(p50)} (too few messages for p99)`;
}
