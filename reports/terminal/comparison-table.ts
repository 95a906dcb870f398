import { printableData } from '../../base/printable.ts';
import type { Comparison, Word } from '../../measure/compare/compare-runs.ts';
import {
  basisSentence,
  capacityChange,
  comparisonCells,
  comparisonHead,
  noteSentence,
} from '../wording/comparison-wording.ts';
import type { Paint, Terminal } from './terminal.ts';
import { table } from './text-table.ts';
import { wrap } from './wrap.ts';

/** Two sides of runs for the terminal: how far to believe the comparison, then a row per metric. */
export function comparisonTable(compared: Comparison, terminal: Terminal): string {
  const { paint, width } = terminal;
  const comparison = printableData(compared);
  const notes = comparison.notes.map((note) => wrap(paint('yellow', noteSentence(note)), width));
  const rows = comparison.rows.map((row) => comparisonCells(row).with(-1, paint(wordStyles[row.word], row.word)));
  const capacity = capacityChange(comparison);
  const told = capacity === undefined ? basisSentence(comparison) : paint('bold', capacity);
  return [wrap(told, width), ...notes, table(comparisonHead, rows, terminal)].join('\n');
}

const wordStyles: Readonly<Record<Word, Parameters<Paint>[0]>> = {
  better: 'green',
  worse: 'red',
  'no difference': 'dim',
  'too few runs': 'yellow',
};
