import type { MetricName } from '../../../measure/metrics/metric-catalogue.ts';
import { numberOf } from '../../../measure/run-record/read-metrics.ts';
import type { RunRecord } from '../../../measure/run-record/run-record.ts';
import { count } from '../../wording/quantities.ts';
import type { Charts } from '../charts/charts.ts';
import { byLabel, faultEvents, gaugeLines, type Line, ofCrowd, probeConnections } from '../charts/series.ts';
import { columns, table } from '../parts/data-table.ts';
import { el, section } from '../parts/elements.ts';
import { hinted } from '../parts/hints.ts';
import { metricName } from '../parts/metric-name.ts';

/** Who was connected, by which transport, and what went wrong with it. */
export function connectionsSection(record: RunRecord, charts: Charts): HTMLElement {
  const probes = charts.figure({
    title: 'Probes by transport',
    unit: '1',
    lines: probesByTransport(record),
    stacked: true,
  });
  const clients = charts.figure({
    title: 'Clients connected to the server',
    unit: '1',
    lines: gaugeLines(record, 'server.clients'),
  });
  return section(
    'connections',
    'Connections',
    'Over the whole run, including warm-up and drain.',
    el('div', 'columns', probes, clients),
    el('div', 'columns', totals(record), reasons(record)),
    faults(record),
  );
}

/** Who was connected over what, and who was not, one upon the other. */
function probesByTransport(record: RunRecord): Line[] {
  const { byTransport, missing } = probeConnections(record);
  return byTransport.length === 0
    ? []
    : [...byTransport, { name: 'not connected', values: missing, style: 5, isSampled: true }];
}

/** What of the crowd is known: the rest is its load engine's business. */
const crowdTells: ReadonlySet<MetricName> = new Set<MetricName>(['connections.established', 'disconnects', 'errors']);

function totals(record: RunRecord): HTMLElement {
  const of = (name: MetricName) => numberOf(record, name);
  const line = (name: MetricName, what: string, className?: string) => ({
    head: metricName(name, what),
    cells: [count(of(name)), crowdTells.has(name) ? count(ofCrowd(record, name)) : '–'],
    ...(className !== undefined && { className }),
  });
  const open = of('connections.attempted') - of('connections.established') - of('connections.failed');
  const rows = [
    line('connections.attempted', 'attempts', 'whole'),
    line('connections.established', 'established'),
    line('connections.failed', 'failed'),
    {
      head: hinted(
        el('span', '', 'given up'),
        'Attempts that ended neither way: broken off by a fault or the end of the run.',
      ),
      cells: [count(open), '–'],
    },
    line('upgrades.failed', 'upgrades failed'),
    line('disconnects', 'connections ended'),
    {
      head: hinted(el('span', '', 'open at the end'), 'Established connections that had not ended when the run did.'),
      cells: [
        count(of('connections.established') - of('disconnects')),
        count(ofCrowd(record, 'connections.established') - ofCrowd(record, 'disconnects')),
      ],
    },
    line('reconnect.count', 'reconnected'),
    line('reconnect.recovered', 'sessions recovered', 'detail'),
    line('ack.timeout', 'acknowledgements timed out'),
    line('errors', 'other errors'),
  ];
  const ofUsers = (
    [
      ['users.joined', 'users joined'],
      ['users.present', 'users present at the end'],
      ['users.absent', 'users absent at the end'],
    ] as const
  ).map(([name, what]) => ({ head: metricName(name, what), cells: ['–', count(of(name))] }));
  if (record.load.users > 0) rows.push(...ofUsers);
  return table({ caption: 'Connections and errors', columns: columns(['What'], ['Probes', 'Crowd']), rows });
}

function reasons(record: RunRecord): HTMLElement {
  const rows = reasoned.flatMap(([name, what]) =>
    byLabel(record, name, 'reason').map(({ by, label, value }) => ({
      head: el('bdi', '', label),
      cells: [what, name === 'users.absent' ? 'crowd' : by, count(value)],
    })),
  );
  if (rows.length === 0) return el('p', 'nothing', 'No disconnects, failures or errors.');
  const heads = [...columns(['Reason', 'What', 'Who']), ...columns([], ['Count'])];
  return table({ caption: 'By reason', columns: heads, rows });
}

const reasoned: readonly (readonly [MetricName, string])[] = [
  ['disconnects', 'connection ended'],
  ['connections.failed', 'connection failed'],
  ['errors', 'other error'],
  ['users.absent', 'crowd user absent'],
];

function faults(record: RunRecord): HTMLElement | undefined {
  const events = faultEvents(record);
  if (events.length === 0) return undefined;
  const rows = events.map(({ at, kind, fault }) => ({
    head: `${at.toFixed(2)} s`,
    cells: [kind === 'faultOn' ? 'begins' : 'ends', el('bdi', '', String(fault))],
  }));
  return table({
    caption: 'Start and end of faults',
    columns: columns(['Time', 'What', 'Fault']),
    rows,
    className: 'long',
  });
}
