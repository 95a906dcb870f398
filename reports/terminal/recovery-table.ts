import type { RunRecord } from '../../measure/run-record/run-record.ts';
import {
  axesOf,
  type CellOutcome,
  outcomeOfCell,
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
  ].join('\n');
}

const colours: Readonly<Record<CellOutcome, 'green' | 'yellow' | 'red'>> = {
  kept: 'green',
  recovered: 'green',
  mixed: 'yellow',
  untested: 'yellow',
  fresh: 'red',
  absent: 'red',
};
