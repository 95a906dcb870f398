import type { styleText } from 'node:util';
import Table from 'cli-table3';

/** Paints a text, or leaves it as it is where no colour is wanted. */
export type Paint = (style: Parameters<typeof styleText>[0], text: string) => string;

/** A table without lines, as everything on the terminal is laid out; empty without rows. */
export function table(head: string[], rows: string[][], paint: Paint, align: 'left' | 'right' = 'right'): string {
  if (rows.length === 0) return '';
  const none = {
    top: '',
    'top-mid': '',
    'top-left': '',
    'top-right': '',
    bottom: '',
    'bottom-mid': '',
    'bottom-left': '',
    'bottom-right': '',
    left: '  ',
    'left-mid': '',
    mid: '',
    'mid-mid': '',
    right: '',
    'right-mid': '',
    middle: '  ',
  };
  const numeric = head.slice(1).map(() => align);
  const made = new Table({
    head: head.map((word) => paint('dim', word)),
    chars: none,
    colAligns: ['left', ...numeric],
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  made.push(...rows);
  return made.toString().replace(/ +$/gm, '');
}
