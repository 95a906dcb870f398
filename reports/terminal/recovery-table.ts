import type { RunRecord } from '../../measure/run-record/run-record.ts';
import {
  type AuditRow,
  auditTopics,
  auditWords,
  axesOf,
  type CellOutcome,
  outcomeOfCell,
  promiseWords,
  secondsAway,
  sessionsOf,
  wayName,
} from '../wording/recovery-wording.ts';
import type { Terminal } from './terminal.ts';
import { table } from './text-table.ts';
import { wrap } from './wrap.ts';

/** Whose session went on, by how the link was lost and how long the client was away; empty where nobody vanished. */
export function recoveryTable({ recovery, absences }: RunRecord, terminal: Terminal): string {
  if (!recovery || !absences) return '';
  const { ways, aways } = axesOf(recovery.cells);
  const cellOf = (way: string, awayMs: number) =>
    recovery.cells.find((cell) => cell.way === way && cell.awayMs === awayMs);
  const rows = ways.map((way) => [
    wayName(way),
    ...aways.map((awayMs) => {
      const cell = cellOf(way, awayMs);
      return cell ? terminal.paint(colours[outcomeOfCell(cell)], sessionsOf(cell)) : '–';
    }),
  ]);
  const limits = [
    ...(absences.noticedAfterMs === null
      ? []
      : [`a silent link is noticed after at most ${secondsAway(absences.noticedAfterMs)}`]),
    ...(absences.keptForMs === null ? [] : [`a session is kept for ${secondsAway(absences.keptForMs)}`]),
  ];
  return [
    table(['session again after', ...aways.map(secondsAway)], rows, terminal),
    ...(limits.length === 0 ? [] : [wrap(`  ${terminal.paint('dim', `${limits.join('; ')}.`)}`, terminal.width)]),
    ...auditTables(recovery.audit, terminal),
  ].join('\n');
}

/** What was looked at besides: the matrix of adapters and events, then what is no matrix. */
function auditTables(audit: readonly AuditRow[], terminal: Terminal): string[] {
  return auditTopics.flatMap(({ topic, title }) => {
    const own = audit.filter((row) => row.topic === topic);
    if (own.length === 0) return [];
    return [topic === 'matrix' ? auditGrid(title, own, terminal) : auditList(title, own, terminal)];
  });
}

function auditGrid(title: string, own: readonly AuditRow[], terminal: Terminal): string {
  const subjects = [...new Set(own.map(({ subject }) => subject))];
  const rows = [...new Set(own.map(({ event }) => event))].map((event) => [
    event,
    ...subjects.map((subject) => {
      const row = own.find((one) => one.subject === subject && one.event === event);
      if (!row) return '';
      const promise = row.outcome === 'broken' ? `, ${promiseWords[row.promised]}` : '';
      return `${terminal.paint(auditColours[row.outcome], auditWords[row.outcome])}${promise}`;
    }),
  ]);
  return table([title, ...subjects], rows, terminal, 'left');
}

function auditList(title: string, own: readonly AuditRow[], terminal: Terminal): string {
  const isOneEvent = new Set(own.map(({ event }) => event)).size === 1;
  const rows = own.map(({ subject, event, outcome, evidence }) => [
    isOneEvent ? subject : `${subject}: ${event}`,
    terminal.paint(auditColours[outcome], auditWords[outcome]),
    evidence,
  ]);
  return table([title, '', ''], rows, terminal, 'left');
}

const auditColours = { held: 'green', broken: 'red', notShown: 'yellow' } as const;

const colours: Readonly<Record<CellOutcome, 'green' | 'yellow' | 'red'>> = {
  kept: 'green',
  recovered: 'green',
  mixed: 'yellow',
  untested: 'yellow',
  fresh: 'red',
  absent: 'red',
};
