import type { MetricName } from '../../../../measure/metrics/metric-catalogue.ts';
import { metricKey, parseMetricKey } from '../../../../measure/metrics/metric-key.ts';
import { numberOf } from '../../../../measure/run-record/read-metrics.ts';
import type { RunRecord } from '../../../../measure/run-record/run-record.ts';
import type { PageRecord } from '../../../render/page-record.ts';
import { count, shareOf } from '../../../wording/quantities.ts';
import type { Charts } from '../../charts/charts.ts';
import { byLabel, counterLine } from '../../charts/series.ts';
import { columns, type Row, table } from '../../parts/data-table.ts';
import { el, section } from '../../parts/elements.ts';
import { hinted } from '../../parts/hints.ts';
import { metricName } from '../../parts/metric-name.ts';
import { type Account, accountTable } from './account-table.ts';
import { anomalyTable } from './anomaly-table.ts';
import { undeliveredTable } from './undelivered-table.ts';

/** What became of every message at every recipient, and that it adds up. */
export function ledgerSection(record: PageRecord, charts: Charts): HTMLElement {
  const about = 'Every message of the measured interval is accounted for, at every recipient among the probes.';
  return section(
    'ledger',
    'Ledger',
    about,
    outcomesOverTime(record, charts),
    el('div', 'columns', deliveries(record), messages(record)),
    byRoom(record),
    undeliveredTable(record),
    anomalyTable(record),
  );
}

/** What became of the deliveries that were due in each second; what went wrong stands at the bottom, where it is seen. */
function outcomesOverTime(record: RunRecord, charts: Charts): HTMLElement | undefined {
  return charts.figure({
    title: 'Deliveries by outcome, by the second in which their message was due',
    unit: '1',
    stacked: true,
    lines: [
      ...counterLine(record, 'delivery.lost', 'lost', 3),
      ...counterLine(record, 'delivery.unknown', 'unknown', 4),
      ...counterLine(record, 'delivery.missed', 'missed', 1),
      ...counterLine(record, 'delivery.recovered', 'recovered', 2),
      ...counterLine(record, 'delivery.delivered', 'delivered', 0),
    ],
  });
}

function deliveries(record: PageRecord): HTMLElement {
  const expected = numberOf(record, 'delivery.expected');
  const line = (name: MetricName) => counted(record, name, expected);
  const causes = byLabel(record, 'delivery.missed', 'cause').map(({ label, value }) => ({
    head: hinted(el('bdi', '', label), causeWords[label] ?? 'The reason why it was missed'),
    cells: [count(value), shareOf(value, expected)],
    className: 'detail',
  }));
  const parts = [
    'delivery.delivered',
    'delivery.recovered',
    'delivery.missed',
    'delivery.lost',
    'delivery.unknown',
  ] as const;
  const rows = [
    { ...line('delivery.expected'), className: 'whole' },
    ...parts.flatMap((name) => {
      if (name === 'delivery.unknown' && record.isRunning) return [unsettled(record, expected)];
      return name === 'delivery.missed' ? [line(name), ...causes] : [line(name)];
    }),
    sum(
      'Accounted for',
      expected,
      parts.reduce((total, name) => total + numberOf(record, name), 0),
    ),
  ];
  return table({ caption: 'Deliveries: pairs of a message and a recipient', columns: heads, rows });
}

/** The ledger of each room by itself; a run with a single room, or with very many, has none. */
function byRoom(record: RunRecord): HTMLElement | undefined {
  const rooms = Object.keys(record.metrics).flatMap((key) => {
    const parsed = parseMetricKey(key);
    const { room, ...others } = parsed?.labels ?? {};
    const isOne = parsed?.name === 'delivery.expected' && room !== undefined && Object.keys(others).length === 0;
    return isOne ? [room] : [];
  });
  if (rooms.length === 0) return undefined;
  const accounts = rooms.map((room) => ({ name: room, account: accountOf(record, room) }));
  return accountTable('Deliveries by room', 'Room', accounts);
}

function accountOf(record: RunRecord, room: string): Account {
  const of = (outcome: string) => numberOf(record, metricKey(`delivery.${outcome}`, { room }));
  const missed = (cause: string) => numberOf(record, metricKey('delivery.missed', { room, cause }));
  return {
    expected: of('expected'),
    delivered: of('delivered'),
    recovered: of('recovered'),
    missed: of('missed'),
    lost: of('lost'),
    unknown: of('unknown'),
    duplicate: of('duplicate'),
    reordered: of('reordered'),
    missedBy: { offline: missed('offline'), cut: missed('cut'), left: missed('left'), silent: missed('silent') },
  };
}

function messages(record: RunRecord): HTMLElement {
  const scheduled = numberOf(record, 'messages.scheduled');
  const sent = numberOf(record, 'messages.sent');
  const line = (name: MetricName, of = sent) => counted(record, name, of);
  const add = (...names: MetricName[]) => names.reduce((total, name) => total + numberOf(record, name), 0);
  const rows = [
    { ...line('messages.scheduled', scheduled), className: 'whole' },
    line('messages.sent', scheduled),
    line('messages.dropped', scheduled),
    sum('Sent + dropped', scheduled, add('messages.sent', 'messages.dropped')),
    line('messages.ok'),
    line('messages.refused'),
    { ...line('messages.info'), head: metricName('messages.info', 'unconfirmed') },
    sum('Ok + refused + unconfirmed', sent, add('messages.ok', 'messages.refused', 'messages.info')),
    line('messages.complete'),
    line('messages.incomplete'),
  ];
  return table({ caption: 'Messages of the probes', columns: heads, rows });
}

/** Deliveries that are not settled while the run is in progress. */
function unsettled(record: RunRecord, expected: number): Row {
  const value = numberOf(record, 'delivery.unknown');
  return {
    head: hinted(el('span', '', 'not settled'), 'Pairs in flight, or unknown'),
    cells: [count(value), shareOf(value, expected)],
  };
}

const heads = columns(['Outcome'], ['Count', 'Share']);

const causeWords: Readonly<Record<string, string>> = {
  offline: 'The recipient was not connected',
  cut: "The recipient's connection ended meanwhile",
  left: 'The recipient was leaving the room',
  silent: 'Nothing arrived after a fault',
};

function counted(record: RunRecord, name: MetricName, whole: number): Row {
  const value = numberOf(record, name);
  const isBad = value > 0 && bad.has(name);
  return {
    head: metricName(name, name.slice(name.indexOf('.') + 1)),
    cells: [count(value), shareOf(value, whole)],
    ...(isBad ? { className: 'bad' } : {}),
  };
}

const bad: ReadonlySet<MetricName> = new Set<MetricName>(['delivery.lost', 'delivery.unknown']);

/** The check: outcomes are counted one by one, so their sum has to come out by itself. */
function sum(name: string, whole: number, parts: number): Row {
  const balances = whole === parts;
  const said = balances ? '✓ adds up' : `✗ ${count(Math.abs(whole - parts))} ${parts < whole ? 'missing' : 'too many'}`;
  return {
    head: el('span', '', name, ' ', el('span', `outcome ${balances ? 'pass' : 'fail'}`, said)),
    cells: [count(parts), shareOf(parts, whole)],
    className: 'sum',
  };
}
