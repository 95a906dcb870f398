import { metricKey } from '../../../../measure/metrics/metric-key.ts';
import { samplesOf } from '../../../../measure/run-record/read-metrics.ts';
import type { RunRecord } from '../../../../measure/run-record/run-record.ts';
import { count, counted, ms } from '../../../wording/quantities.ts';
import type { Charts } from '../../charts/charts.ts';
import { columns, table } from '../../parts/data-table.ts';
import { type Child, el } from '../../parts/elements.ts';
import { insufficient, metricName } from '../../parts/metric-name.ts';

/** How many rooms have a chart of their own, and probes a row: the slowest. */
const SLOWEST = 10;

/** When a message reached the first, the median and the last of its recipients. */
export function fanOut(record: RunRecord): HTMLElement | undefined {
  const rows = (
    [
      ['broadcast.first', 'First recipient'],
      ['broadcast.median', 'Median recipient'],
      ['broadcast.last', 'Last recipient'],
      ['broadcast.spread', 'From the first to the last'],
    ] as const
  ).flatMap(([name, what]) => {
    const found = samplesOf(record, name);
    if (!found) return [];
    const { p50, p95, p99, max } = found;
    return [{ head: metricName(name, what), cells: [count(found.count), ...[p50, p95, p99, max].map(time)] }];
  });
  if (rows.length === 0) return undefined;
  return table({
    caption: 'Fan-out: messages that reached everyone',
    columns: columns(['What'], ['Messages', 'p50', 'p95', 'p99', 'Max']),
    rows,
  });
}

/** A small chart for each room, on one scale; of many rooms the slowest. Nothing where rooms are not told apart. */
export function latencyByRoom(record: RunRecord, charts: Charts): Child[] {
  const { rooms } = record.timeline;
  const names = Object.keys(rooms);
  if (names.length < 2) return [];
  const slowness = (room: string) => {
    const found = samplesOf(record, metricKey('broadcast.latency', { room }));
    return found?.p99 ?? found?.max ?? 0;
  };
  const shown = names.toSorted((a, b) => slowness(b) - slowness(a)).slice(0, SLOWEST);
  const top = Math.max(...shown.flatMap((room) => rooms[room]!.p99.map((value) => value ?? 0)));
  const figures = shown.map((room) => {
    const { p50, p99 } = rooms[room]!;
    return charts.figure({
      title: room,
      unit: 'ms',
      size: 'small',
      top,
      lines: [
        { name: 'p50', values: p50, style: 5 },
        { name: 'p99', values: p99, style: 3 },
      ],
    });
  });
  const title =
    shown.length < names.length
      ? `Latency by room: the slowest ${shown.length} of ${counted(names.length, 'room')}`
      : 'Latency by room, the slowest first';
  return [el('div', '', el('h3', '', title), el('div', 'multiples', ...figures))];
}

/** The probes at which messages arrived latest. */
export function slowestProbes({ recipients }: RunRecord): HTMLElement | undefined {
  if (recipients.length < 2) return undefined;
  const lateness = ({ p99, max }: RunRecord['recipients'][number]) => p99 ?? max;
  const rows = recipients
    .toSorted((a, b) => lateness(b) - lateness(a))
    .slice(0, SLOWEST)
    .map(({ bot, room, count: heard, p50, p99, max }) => ({
      head: `probe ${bot}`,
      cells: [el('bdi', '', room), count(heard), time(p50), time(p99), ms(max)],
    }));
  return table({
    caption: `The slowest ${Math.min(SLOWEST, recipients.length)} of ${counted(recipients.length, 'probe')}, to two digits`,
    columns: [...columns(['Recipient', 'Room']), ...columns([], ['Deliveries', 'p50', 'p99', 'Max'])],
    rows,
  });
}

function time(value: number | null): Child {
  return value === null ? insufficient() : ms(value);
}
