import Table from 'cli-table3';
import stringWidth from 'string-width';
import type { Terminal } from './terminal.ts';
import { leastWidth, wrap } from './wrap.ts';

type Row = readonly string[];

const MARGIN = '  ';
const GAP = '  ';
/** What a row without columns of its own hangs under its first line by. */
const HANG = '      ';

/**
 * A table without lines, as everything on the terminal is laid out; empty without rows. One that is too wide wraps its
 * cells at spaces. Where that is not enough, it is folded into blocks, each with the first column; columns with the same
 * first line of their heads stay together. Without a head, a row becomes a paragraph instead.
 */
export function table(head: Row, rows: readonly Row[], terminal: Terminal, align: 'left' | 'right' = 'right'): string {
  if (rows.length === 0) return '';
  const all = head.length === 0 ? rows : [head, ...rows];
  const widths = fittingWidths(columnsOf(all, widest), columnsOf(all, leastWidth), terminal.width);
  if (widths) return drawn(head, rows, widths, terminal, align);
  if (head.length === 0)
    return rows.map((row) => wrap(MARGIN + row.filter(Boolean).join(GAP), terminal.width, HANG)).join('\n');
  const blocks = blocksOf(head, columnsOf(all, widest), terminal.width);
  if (blocks.length === 1) return drawn(head, rows, columnsOf(all, leastWidth), terminal, align);
  return blocks
    .map((block) => {
      const cut = (row: Row) => [0, ...block].map((column) => row[column] ?? '');
      return table(cut(head), rows.map(cut), terminal, align);
    })
    .join('\n');
}

/** A measure of the cells of each column, the highest. */
function columnsOf(rows: readonly Row[], of: (cell: string) => number): number[] {
  const columns = Math.max(...rows.map((row) => row.length));
  return Array.from({ length: columns }, (_, column) => Math.max(...rows.map((row) => of(row[column] ?? ''))));
}

function widest(cell: string): number {
  return Math.max(...cell.split('\n').map(stringWidth));
}

function sum(widths: readonly number[]): number {
  return MARGIN.length + widths.reduce((total, width) => total + width, 0) + GAP.length * (widths.length - 1);
}

/** As wide as columns may be to fit, the widest made narrower first; undefined where they cannot. */
function fittingWidths(natural: readonly number[], least: readonly number[], room: number): number[] | undefined {
  if (sum(natural) <= room) return [...natural];
  for (let level = Math.max(...natural); level >= 0; level--) {
    const widths = natural.map((width, column) => Math.min(width, Math.max(least[column]!, level)));
    if (sum(widths) <= room) return widths;
  }
  return undefined;
}

/** The columns behind the first, as many in a block as fit; those of a group stay together where they can. */
function blocksOf(head: Row, natural: readonly number[], room: number): number[][] {
  const fits = (columns: readonly number[]) => sum([0, ...columns].map((column) => natural[column]!)) <= room;
  const units = groupsOf(head).flatMap((group) => (fits(group) ? [group] : group.map((column) => [column])));
  const blocks: number[][] = [];
  for (const unit of units) {
    const longer = [...(blocks.at(-1) ?? []), ...unit];
    if (fits(longer) && blocks.length > 0) blocks[blocks.length - 1] = longer;
    else blocks.push(unit);
  }
  return blocks;
}

/** Neighbours behind the first column whose heads have several lines and the same first one. */
function groupsOf(head: Row): number[][] {
  const groups: number[][] = [];
  head.forEach((cell, column) => {
    if (column === 0) return;
    const [group, ...title] = cell.split('\n');
    const [before] = head[column - 1]!.split('\n');
    if (column > 1 && title.length > 0 && group === before) groups.at(-1)!.push(column);
    else groups.push([column]);
  });
  return groups;
}

const noLines = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: MARGIN,
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: GAP,
};

function drawn(
  head: Row,
  rows: readonly Row[],
  widths: readonly number[],
  { paint }: Terminal,
  align: 'left' | 'right',
) {
  const wrapped = (row: Row) => row.map((cell, column) => wrap(cell, widths[column]!, ''));
  const heads = wrapped(head);
  const lines = Math.max(...heads.map((cell) => cell.split('\n').length));
  const made = new Table({
    head: heads.map((cell) => paint('dim', '\n'.repeat(lines - cell.split('\n').length) + cell)),
    chars: noLines,
    colAligns: ['left', ...head.slice(1).map(() => align)],
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  made.push(...rows.map(wrapped));
  return made.toString().replace(/ +$/gm, '');
}
