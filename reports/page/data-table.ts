import { type Child, el } from './elements.ts';

export interface Column {
  readonly title: string;
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

/** A table that scrolls by itself, and by keyboard, where it is wider than the page. */
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
  const scroller = el(
    'div',
    `scroller ${className}`.trim(),
    el('table', '', el('caption', '', caption), el('thead', '', el('tr', '', ...heads)), el('tbody', '', ...body)),
  );
  scroller.tabIndex = 0;
  scroller.setAttribute('role', 'region');
  scroller.setAttribute('aria-label', caption);
  return scroller;
}

/** A row's heading with a sentence on what it means. */
export function explained(name: Child, about: string, className = ''): HTMLElement {
  return el('span', `explained ${className}`.trim(), name, el('span', 'about', about));
}

/** Columns from their titles; those of numbers stand on the right. */
export function columns(texts: readonly string[], numbers: readonly string[] = []): Column[] {
  return [
    ...texts.map((title) => ({ title, kind: 'text' }) as const),
    ...numbers.map((title) => ({ title, kind: 'number' }) as const),
  ];
}

function scoped(cell: HTMLTableCellElement, scope: 'row' | 'col'): HTMLTableCellElement {
  cell.scope = scope;
  return cell;
}
