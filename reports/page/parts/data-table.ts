import { downloadButton } from './download.ts';
import { type Child, el } from './elements.ts';
import { scrolls } from './scroller.ts';

export interface Column {
  readonly title: Child;
  readonly kind: 'text' | 'number';
}

export interface Row {
  /** The first cell, the row's heading. */
  readonly head: Child;
  readonly cells: readonly Child[];
  readonly className?: string;
}

interface TableSpec {
  readonly caption: string;
  /** The headings, the one above the rows' own included. */
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  readonly className?: string;
}

/** A table that scrolls by itself, and by keyboard, where it is wider than the page; it can be had as CSV. */
export function table({ caption, columns, rows, className = '' }: TableSpec): HTMLElement {
  const heads = columns.map(({ title, kind }) => scoped(el('th', kind, title), 'col'));
  const body = rows.map((row) =>
    el(
      'tr',
      row.className ?? '',
      scoped(el('th', '', row.head), 'row'),
      ...row.cells.map((cell, i) => el('td', columns[i + 1]?.kind ?? 'text', cell)),
    ),
  );
  const whole = el(
    'table',
    '',
    el('caption', '', caption),
    el('thead', '', el('tr', '', ...heads)),
    el('tbody', '', ...body),
  );
  const scroller = scrolls(el('div', `scroller ${className}`.trim(), whole), caption);
  const csv = downloadButton('CSV', `of ${caption}`, `${fileName(caption)}.csv`, () => csvOf(whole));
  return el('div', 'data-table', csv, scroller);
}

/** A row's heading with a sentence on what it means. */
export function explained(name: Child, about: string, className = ''): HTMLElement {
  return el('span', `explained ${className}`.trim(), name, el('span', 'about', about));
}

/** Columns from their titles; those of numbers stand on the right. */
export function columns(texts: readonly Child[], numbers: readonly Child[] = []): Column[] {
  return [
    ...texts.map((title) => ({ title, kind: 'text' }) as const),
    ...numbers.map((title) => ({ title, kind: 'number' }) as const),
  ];
}

/** A name for a file, from what it holds. */
export function fileName(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}

/** The table's cells as they are read, quoted as RFC 4180 says. */
function csvOf(whole: HTMLTableElement): Blob {
  const lines = [...whole.rows].map((row) =>
    [...row.cells].map((cell) => `"${cell.innerText.replaceAll('"', '""').replaceAll('\n', ' ')}"`).join(','),
  );
  return new Blob([`${lines.join('\r\n')}\r\n`], { type: 'text/csv' });
}

function scoped(cell: HTMLTableCellElement, scope: 'row' | 'col'): HTMLTableCellElement {
  cell.scope = scope;
  return cell;
}
