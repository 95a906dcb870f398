import type { Unit } from '../measure/catalogue.ts';
import type { Comparison, ComparisonRow, Word } from '../measure/compare.ts';
import { basisSentence, noteSentence } from './comparison-words.ts';
import { ms, plainNumber } from './sentences.ts';
import { type Paint, table } from './text-table.ts';

export { basisSentence, noteSentence } from './comparison-words.ts';

/** Two sides of runs for the terminal: how far to believe the comparison, then a row per metric. */
export function comparisonTable(comparison: Comparison, paint: Paint): string {
  const notes = comparison.notes.map((note) => paint('yellow', noteSentence(note)));
  const rows = comparison.rows.map((row) => comparisonCells(row, paint));
  return [basisSentence(comparison), ...notes, table(comparisonHead, rows, paint)].join('\n');
}

/** What stands above the cells of {@link comparisonCells}. */
export const comparisonHead = ['', 'base', 'new', 'change', '95 % interval', 'p', ''];

const wordStyles: Readonly<Record<Word, Parameters<Paint>[0]>> = {
  better: 'green',
  worse: 'red',
  'no difference': 'dim',
  'too few runs': 'yellow',
};

/** A metric in words, side by side. */
export function comparisonCells({ metric, unit, base, next, change, p, word }: ComparisonRow, paint: Paint): string[] {
  const signed = (value: number) => {
    const sign = value > 0 ? '+' : value < 0 ? '−' : '±';
    const size = Math.abs(value);
    return `${sign}${change?.scale === 'percent' ? `${size >= 100 ? size.toFixed(0) : plainNumber(size)} %` : amount(size, unit)}`;
  };
  const interval = change?.interval;
  return [
    metric,
    base === null ? 'unknown' : amount(base, unit),
    next === null ? 'unknown' : amount(next, unit),
    change ? signed(change.value) : '–',
    interval ? `${signed(interval.low)} … ${signed(interval.high)}` : '–',
    p === null ? '–' : p < 0.001 ? '<0.001' : p.toFixed(3),
    paint(wordStyles[word], word),
  ];
}

const MEBIBYTE = 1024 * 1024;

function amount(value: number, unit: Unit): string {
  switch (unit) {
    case 'ms':
      return value < 1 ? `${plainNumber(value)} ms` : ms(value);
    case 'ratio':
      // Near 1, three digits would hide what was lost.
      return `${Number((value * 100).toPrecision(value > 0.99 ? 6 : 3))} %`;
    case 'percent':
      return `${plainNumber(value)} %`;
    case 'bytes':
      return `${plainNumber(value / MEBIBYTE)} MiB`;
    case '1/s':
      return `${plainNumber(value)}/s`;
    case '1':
      return plainNumber(value);
  }
}
