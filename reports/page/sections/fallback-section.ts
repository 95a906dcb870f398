import type { RunRecord } from '../../../measure/run-record/run-record.ts';
import {
  type Cell,
  cellSentence,
  cellTime,
  networkSentence,
  outcomeOf,
  outcomeWords,
  transportCosts,
} from '../../wording/fallback-wording.ts';
import { count, ms } from '../../wording/quantities.ts';
import type { Charts } from '../charts/charts.ts';
import { columns, type Row, table } from '../parts/data-table.ts';
import { breakable, type Child, el, folded, section } from '../parts/elements.ts';

/** What became of every client order on every network; nothing for runs without cells. */
export function fallbackSection(record: RunRecord): HTMLElement | undefined {
  const { matrix, fallback } = record;
  if (!matrix || !fallback) return undefined;
  const about = `Whether clients connected, over which transport, and the median time, or why not. Clients give up after ${ms(matrix.clientTimeoutMs)} here (socket.io-client's default is 20 s).`;
  return section(
    'fallback',
    'Fallback',
    about,
    grid(record, fallback.cells),
    folded('Every cell as text', 'of the matrix', () => words(fallback.cells)),
  );
}

/** Why clients did not get through, and what each transport costs. */
export function networksSection(record: RunRecord, charts: Charts): HTMLElement | undefined {
  const { matrix, fallback, timeline } = record;
  if (!matrix || !fallback) return undefined;
  const latency = charts.figure({
    title: 'Latency by transport (p50 and max)',
    unit: 'ms',
    scales: 'logarithmic',
    lines: (['polling', 'websocket'] as const).flatMap((transport, i) => [
      { name: `${transport} p50`, values: timeline.transports[transport].p50, style: i },
      { name: `${transport} max`, values: timeline.transports[transport].max, style: i + 2 },
    ]),
  });
  return section('networks', 'Networks and transports', '', networks(record), costs(record), latency);
}

function grid(record: RunRecord, cells: readonly Cell[]): HTMLElement {
  const { orders = [], networks = [] } = record.matrix ?? {};
  const rows = orders.map((order): Row => {
    const own = networks.map((network) => cells.find((cell) => cell.order === order && cell.network === network));
    return { head: el('code', '', ...breakable(order)), cells: own.map((cell) => cell && square(cell)) };
  });
  return table({
    caption: 'Client orders on networks',
    columns: columns(['Client order', ...networks]),
    rows,
    className: 'matrix',
  });
}

function square(cell: Cell): HTMLElement {
  const outcome = outcomeOf(cell);
  return el('div', `cell ${outcome}`, el('strong', '', outcomeWords[outcome]), el('span', '', cellTime(cell)));
}

function words(cells: readonly Cell[]): HTMLElement {
  const rows = cells.map((cell) => ({
    head: el('code', '', cell.network),
    cells: [el('code', '', cell.order), el('bdi', '', cellSentence(cell))],
  }));
  return table({
    caption: 'Every cell',
    columns: columns(['Network', 'Client order', 'Outcome']),
    rows,
  });
}

function networks(record: RunRecord): Child {
  const rows = (record.matrix?.networks ?? []).flatMap((network) => {
    const sentence = networkSentence(record, network);
    return sentence === undefined ? [] : [{ head: el('code', '', network), cells: [el('bdi', '', sentence)] }];
  });
  if (rows.length === 0) return undefined;
  return table({
    caption: 'Errors, as clients and server reported them',
    columns: columns(['Network', 'Errors']),
    rows,
  });
}

function costs(record: RunRecord): Child {
  const show = (value: number | undefined, spell: (value: number) => string) =>
    value === undefined ? '–' : spell(value);
  const rows = transportCosts(record).map(({ transport, cpuMs, bytes, p50, p95, max }) => ({
    head: transport,
    cells: [show(cpuMs, ms), show(bytes, count), show(p50, ms), show(p95, ms), show(max, ms)],
  }));
  if (rows.length === 0) return undefined;
  const numbers = ['Server CPU', 'Bytes on the wire', 'Latency p50', 'p95', 'Max'];
  return table({
    caption: 'Cost of a delivered message, each transport alone',
    columns: columns(['Transport'], numbers),
    rows,
  });
}
