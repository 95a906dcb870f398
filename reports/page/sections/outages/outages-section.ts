import type { RunRecord } from '../../../../measure/run-record/run-record.ts';
import type { PageRecord } from '../../../render/page-record.ts';
import {
  faultTime,
  isShared,
  outageSentence,
  type SharedOutage,
  scoreColumns,
  scoreNote,
} from '../../../wording/outage-wording.ts';
import { count, ms } from '../../../wording/quantities.ts';
import type { Outage, ScoreColumn } from '../../../wording/score-column.ts';
import type { Charts } from '../../charts/charts.ts';
import { counterLine, type Line, probeConnections } from '../../charts/series.ts';
import { columns, explained, type Row, table } from '../../parts/data-table.ts';
import { type Child, el, folded, section } from '../../parts/elements.ts';
import { insufficient, metricName } from '../../parts/metric-name.ts';
import { accountTable } from '../ledger/account-table.ts';
import { lanes } from './recovery-lanes.ts';
import { faultName, scoreTable } from './score-table.ts';

/** What faults did to those who were connected, a row each; nothing for runs without faults. */
export function outagesSection(given: PageRecord): HTMLElement | undefined {
  const record = judged(given);
  if (record.outages.length === 0) return undefined;
  const note = scoreNote(record);
  return section(
    'outages',
    'Reconnection',
    'What each fault did to the probes: how many were disconnected, when they noticed and were back, and what they missed.',
    scoreTable('Faults', [...scoreColumns, deafColumn], record),
    note === undefined ? undefined : el('p', 'note', note),
    folded('Every fault as text', 'of the scorecard', () => words(record)),
  );
}

/** How they came back, and what became of messages meanwhile. */
export function recoverySection(given: PageRecord, charts: Charts): HTMLElement | undefined {
  const record = judged(given);
  if (record.outages.length === 0) return undefined;
  const shared = record.outages.filter(isShared);
  const few = record.outages.filter((outage) => !isShared(outage));
  return section(
    'recovery',
    'Recovery',
    '',
    shared.length === 0 ? undefined : lanes(record, shared, 'From each fault until all clients were back'),
    few.length === 0 ? undefined : lanes(record, few, 'Faults of single clients'),
    el('div', 'columns', ...overTime(record, charts)),
    ledgerByFault(record, shared),
    presence(record.outages),
    folded('Times by fault', 'in figures', () => times(record)),
  );
}

/** A run in progress shows the faults that are over: nothing can be said of the others yet. */
function judged(record: PageRecord): PageRecord {
  const { isRunning, outages, timeline } = record;
  return isRunning ? { ...record, outages: outages.filter(({ to }) => to <= timeline.seconds) } : record;
}

/** A row per fault of all clients, and one for the rest: together they are the whole measured interval. */
function ledgerByFault({ betweenFaults }: RunRecord, shared: readonly SharedOutage[]): HTMLElement {
  const accounts = shared.map(({ fault, ledger }) => ({ name: fault, account: ledger }));
  if (betweenFaults?.personas) accounts.push({ name: 'personas', account: betweenFaults.personas });
  if (betweenFaults) accounts.push({ name: 'between faults', account: betweenFaults.calm });
  return accountTable('Deliveries by when their messages were due', 'Due during', accounts);
}

/** Connections and attempts, over the same seconds. */
function overTime(record: RunRecord, charts: Charts): Child[] {
  return [
    charts.figure({ title: 'Probes connected', unit: '1', lines: connected(record) }),
    charts.figure({
      title: 'Connections of probes per second',
      unit: '1',
      lines: [
        ...counterLine(record, 'connections.attempted', 'attempted', 1),
        ...counterLine(record, 'connections.established', 'established', 0),
      ],
    }),
  ];
}

/** Probes with a connection, over whichever transport, and the rest of them. */
function connected(record: RunRecord): Line[] {
  const { byTransport, open, missing } = probeConnections(record);
  if (byTransport.length === 0) return [];
  return [
    { name: 'connected', values: open, style: 0, isSampled: true },
    { name: 'not connected', values: missing, style: 1, isSampled: true },
  ];
}

/** On the terminal the findings tell of them. */
const deafColumn: ScoreColumn = {
  group: '',
  title: 'deaf',
  of: (_, { deaf }) => count(deaf),
  isBad: ({ deaf }) => deaf > 0,
};

function words(record: RunRecord): HTMLElement {
  const rows = record.outages.map((outage) => ({
    head: explained(faultName(outage), outage.what),
    cells: [el('bdi', '', outageSentence(record, outage))],
  }));
  return table({ caption: 'Every fault', columns: columns(['Fault', 'Effect']), rows });
}

/** Whom the target listed as present meanwhile, where that was wrong; nothing where it was not asked. */
function presence(outages: readonly Outage[]): Child {
  const asked = outages.filter(({ presence }) => presence !== null);
  const rows = asked.flatMap((outage): Row[] => {
    const { ghosts, missing, ghostsUntil, rightAtEnd } = outage.presence!;
    if (ghosts + missing === 0 && rightAtEnd) return [];
    const until = ghostsUntil === null ? '–' : `${ms(ghostsUntil * 1000)} after it began`;
    const right = el('span', `outcome ${rightAtEnd ? 'pass' : 'fail'}`, rightAtEnd ? '✓ right' : '✗ wrong');
    return [{ head: faultName(outage), cells: [count(ghosts), count(missing), until, right] }];
  });
  if (asked.length === 0) return undefined;
  if (rows.length === 0) return el('p', '', 'Whom the server listed as in the room was right during every fault.');
  return table({
    caption: `Presence: faults in which the server's list of who is in the room was wrong, ${rows.length} of ${asked.length}`,
    columns: [
      ...columns(['Fault'], ['Gone but listed', 'Present but not listed', 'Last ghost']),
      ...columns(['At the end']),
    ],
    rows,
    className: 'by-fault',
  });
}

const told = [
  ['reconnect.detect', 'fault → noticed'],
  ['reconnect.attempt', 'noticed → first attempt'],
  ['reconnect.time', 'noticed → connected'],
  ['reconnect.outage', 'fault → connected'],
  ['reconnect.rejoin', 'connected → in the room'],
  ['reconnect.firstMessage', 'connected → first message'],
  ['reconnect.attempts', 'attempts until connected'],
  ['broadcast.catchup', 'age of late messages'],
] as const;

function times(record: RunRecord): HTMLElement {
  const rows = record.outages.flatMap((outage) =>
    told.flatMap(([name, what]): Row[] => {
      const time = faultTime(record, name, outage);
      if (!time) return [];
      const show = (value: number | null) =>
        value === null ? insufficient() : time.unit === 'ms' ? ms(value) : value.toFixed(1);
      const { p50, p95, p99, mean, max } = time;
      return [
        {
          head: faultName(outage),
          cells: [metricName(name, what), count(time.count), ...[mean, p50, p95, p99, max].map(show)],
        },
      ];
    }),
  );
  const heads = [...columns(['Fault', 'What']), ...columns([], ['Count', 'Mean', 'p50', 'p95', 'p99', 'Max'])];
  return table({ caption: 'Times by fault', columns: heads, rows, className: 'by-fault long' });
}
