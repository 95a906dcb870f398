import type { RunRecord } from '../../../measure/run-record/run-record.ts';
import { count } from '../../wording/quantities.ts';
import {
  type AuditRow,
  auditTopics,
  auditWords,
  axesOf,
  outcomeOfCell,
  outcomeWordsOfCell,
  promiseWords,
  type RecoveryCell,
  secondsAway,
  sessionsOf,
  wayAbouts,
  wayName,
} from '../../wording/recovery-wording.ts';
import type { Charts } from '../charts/charts.ts';
import { columns, explained, type Row, table } from '../parts/data-table.ts';
import { el, folded, section } from '../parts/elements.ts';

/** Whose session went on, by how the link was lost and how long the client was away; nothing for other runs. */
export function sessionSection({ recovery, absences }: RunRecord, charts: Charts): HTMLElement | undefined {
  if (!recovery || !absences) return undefined;
  const { cells } = recovery;
  const { ways } = axesOf(cells);
  const { noticedAfterMs, keptForMs } = absences;
  const marks = [
    ...(noticedAfterMs === null ? [] : [limit('pingInterval + pingTimeout', noticedAfterMs)]),
    ...(keptForMs === null ? [] : [limit('maxDisconnectionDuration', keptForMs)]),
  ];
  const curves = ways.map((way, i) => ({
    name: wayName(way),
    style: curveStyles[i % curveStyles.length]!,
    points: pointsOf(cells.filter((cell) => cell.way === way)),
  }));
  return section(
    'sessions',
    'Session recovery',
    'Clients lost their link, stayed away for as long as the chart says, and came back: how many had their session again?',
    charts.againstLoad('Sessions that went on, by seconds away', {
      unit: 'ratio',
      load: 's away',
      scale: 'logarithmic',
      marks,
      curves,
    }),
    grid(cells),
    ...audited(recovery.audit),
    folded('Every cell in figures', 'of session recovery', () => figures(cells)),
  );
}

function limit(name: string, ms: number) {
  return { name: `${name} (${secondsAway(ms)})`, at: ms / 1000, style: 1 };
}

/** The styles of lines that are not a limit's. */
const curveStyles = [0, 2, 3, 4, 5];

function pointsOf(cells: readonly RecoveryCell[]): [number, number][] {
  return cells
    .filter(({ clients }) => clients > 0)
    .map(({ awayMs, clients, kept, recovered }): [number, number] => [awayMs / 1000, (kept + recovered) / clients])
    .sort(([a], [b]) => a - b);
}

function grid(cells: readonly RecoveryCell[]): HTMLElement {
  const { ways, aways } = axesOf(cells);
  const rows = ways.map((way): Row => {
    const own = aways.map((awayMs) => cells.find((cell) => cell.way === way && cell.awayMs === awayMs));
    return { head: explained(wayName(way), wayAbouts[way] ?? ''), cells: own.map((cell) => cell && square(cell)) };
  });
  return table({
    caption: 'Sessions that went on, and deliveries that were missed',
    columns: columns(['Link lost by', ...aways.map(secondsAway)]),
    rows,
    className: 'matrix times',
  });
}

/** What was looked at besides: the matrix of adapters and events, then what is no matrix. */
function audited(audit: readonly AuditRow[]): HTMLElement[] {
  return auditTopics.flatMap(({ topic, title, subject }) => {
    const own = audit.filter((row) => row.topic === topic);
    if (own.length === 0) return [];
    return [topic === 'matrix' ? auditGrid(title, own) : auditList(title, subject, own)];
  });
}

function auditGrid(caption: string, own: readonly AuditRow[]): HTMLElement {
  const subjects = [...new Set(own.map(({ subject }) => subject))];
  const rows = [...new Set(own.map(({ event }) => event))].map((event): Row => {
    const of = (subject: string) => own.find((row) => row.subject === subject && row.event === event);
    return { head: event, cells: subjects.map((subject) => auditSquare(of(subject))) };
  });
  return table({ caption, columns: columns(['What happened', ...subjects]), rows, className: 'matrix' });
}

function auditSquare(row: AuditRow | undefined): HTMLElement | undefined {
  if (!row) return undefined;
  const { outcome, promised, evidence } = row;
  // What is not promised and does not hold is no defect.
  const kind = outcome === 'held' ? 'recovered' : outcome === 'notShown' || promised === 'no' ? 'untested' : 'fresh';
  return el(
    'div',
    `cell ${kind}`,
    el('strong', '', auditWords[outcome]),
    el('span', '', evidence),
    el('span', '', promiseWords[promised]),
  );
}

function auditList(caption: string, subject: string, own: readonly AuditRow[]): HTMLElement {
  const rows = own.map(
    (row): Row => ({
      head: row.subject,
      cells: [
        row.event,
        el('span', `outcome ${tones[row.outcome]}`, auditWords[row.outcome]),
        promiseWords[row.promised],
        row.evidence,
      ],
    }),
  );
  return table({ caption, columns: columns([subject, 'What happened', 'Outcome', 'Documentation', 'Seen']), rows });
}

const tones = { held: 'pass', broken: 'fail', notShown: 'unknown' } as const;

function square(cell: RecoveryCell): HTMLElement {
  const outcome = outcomeOfCell(cell);
  const missed = cell.deliveries?.missed ?? 0;
  return el(
    'div',
    `cell ${outcome}`,
    el('strong', '', outcomeWordsOfCell[outcome]),
    el('span', '', sessionsOf(cell)),
    missed > 0 ? el('span', '', `${count(missed)} missed`) : undefined,
  );
}

function figures(cells: readonly RecoveryCell[]): HTMLElement {
  const rows = cells.map((cell): Row => {
    const { way, awayMs, clients, kept, recovered, fresh, absent, wereAwayMs, deliveries } = cell;
    const ofMessages = deliveries
      ? [deliveries.recovered, deliveries.missed, deliveries.duplicate, deliveries.reordered].map(count)
      : ['–', '–', '–', '–'];
    const away = wereAwayMs === null ? '–' : `${(wereAwayMs / 1000).toFixed(2)} s`;
    return {
      head: wayName(way),
      cells: [secondsAway(awayMs), away, ...[clients, kept, recovered, fresh, absent].map(count), ...ofMessages],
    };
  });
  const heads = ['Planned', 'Away', 'Clients', 'Link kept', 'Recovered', 'New session', 'Not back'];
  const deliveries = ['Replayed', 'Missed', 'Duplicate', 'Reordered'];
  return table({
    caption: 'Clients by way and time away; deliveries in their rooms',
    columns: columns(['Link lost by'], [...heads, ...deliveries]),
    rows,
    className: 'long',
  });
}
