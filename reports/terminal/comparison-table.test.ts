import { expect, test } from 'vitest';
import type { Comparison, ComparisonRow } from '../../measure/compare/compare-runs.ts';
import type { ComparisonNote } from '../../measure/compare/comparison-notes.ts';
import { basisSentence, noteSentence } from '../wording/comparison-wording.ts';
import { comparisonTable } from './comparison-table.ts';
import { painted, plainTerminal } from './terminal.ts';

const worse: ComparisonRow = {
  metric: 'broadcast.latency.p99',
  unit: 'ms',
  better: 'lower',
  base: 40,
  next: 44,
  change: { scale: 'percent', value: 10, interval: { from: 'runs', low: 8.126, high: 120.4 } },
  p: 0.00793,
  word: 'worse',
  isHeadline: true,
};

const lost: ComparisonRow = {
  metric: 'delivery.lost / delivery.expected',
  unit: 'ratio',
  better: 'lower',
  base: 0,
  next: 0.0025,
  change: { scale: 'unit', value: 0.0025, interval: { from: 'runs', low: -0.001, high: 0 } },
  p: 0.0004,
  word: 'better',
  isHeadline: true,
};

const unknown: ComparisonRow = { ...worse, base: null, next: 0.0606, change: null, p: null, word: 'too few runs' };
const ratio: ComparisonRow = { ...lost, metric: 'delivery.ratio', base: 1, next: 0.99987, change: null };
const memory: ComparisonRow = {
  ...lost,
  metric: 'rss{role=server}',
  unit: 'bytes',
  base: 2 ** 27,
  next: 0,
  change: null,
};

const of = (base: number, next: number, rows: ComparisonRow[] = [], notes: ComparisonNote[] = []): Comparison => ({
  base: Array.from({ length: base }, (_, i) => `b${i}`),
  next: Array.from({ length: next }, (_, i) => `n${i}`),
  rows,
  notes,
});

function cells(row: ComparisonRow): string[] {
  return comparisonTable(of(5, 5, [row]), plainTerminal)
    .split('\n')
    .at(-1)!
    .trim()
    .split(/ {2,}/);
}

test.each<[ComparisonRow, string[]]>([
  [worse, ['broadcast.latency.p99', '40.0 ms', '44.0 ms', '+10 %', '+8.13 % … +120 %', '0.008', 'worse']],
  [lost, ['delivery.lost / delivery.expected', '0 %', '0.25 %', '+0.25 %', '−0.1 % … ±0 %', '<0.001', 'better']],
  [unknown, ['broadcast.latency.p99', 'unknown', '0.0606 ms', '–', '–', '–', 'too few runs']],
  [ratio, ['delivery.ratio', '100 %', '99.987 %', '–', '–', '<0.001', 'better']],
  [memory, ['rss{role=server}', '134 MB', '0 MB', '–', '–', '<0.001', 'better']],
])('a row tells a metric: $metric', (row, expected) => {
  expect(cells(row)).toEqual(expected);
});

test('says first what the figures rest on', () => {
  const unsure = { ...worse, p: null, word: 'too few runs' } as const;
  expect(comparisonTable(of(3, 5, [unsure]), plainTerminal)).toMatch(
    /^3 runs against 5 runs: with fewer than 4 runs a side nothing can be significant\. The intervals show/,
  );
  expect(comparisonTable(of(1, 1, [unsure, { ...worse, p: null }]), plainTerminal)).toMatch(
    /^1 run against 1 run: with fewer than 4 runs a side only what a run knows with an interval of its own can be/,
  );
  expect(basisSentence(of(4, 4))).toMatch(/^4 runs against 4 runs: medians/);
  expect(basisSentence(of(1, 0))).toMatch(/^1 run against 0 runs: with fewer/);
});

test('colours the words', () => {
  const text = comparisonTable(of(5, 5, [worse, lost]), { ...plainTerminal, paint: painted });
  expect(text).toContain('\u001b[31mworse');
  expect(text).toContain('\u001b[32mbetter');
});

test.each<[ComparisonNote, RegExp]>([
  [{ kind: 'noRuns', side: 'next' }, /^There are no new runs\.$/],
  [
    { kind: 'invalid', side: 'base', id: 'a1', breaches: [{ gate: 'rate', offered: 100, achieved: 50 }] },
    /^Run a1 \(base\) is invalid\. .*50 of 100/,
  ],
  [{ kind: 'partial', side: 'next', id: 'a1' }, /^Run a1 \(new\) is partial/],
  [{ kind: 'repeated', id: 'a1' }, /^Run a1 was given more than once/],
  [
    { kind: 'differs', what: 'users', base: [10], next: [10, 20] },
    /^The runs differ in crowd users: 10 against 10, 20\.$/,
  ],
  [{ kind: 'differs', what: 'node', base: [], next: ['22', '24'] }, /Node's version: – against 22, 24\.$/],
  [{ kind: 'notInterleaved', first: 'base' }, /^All base runs came first/],
])('makes a sentence of a note: %j', (note, sentence) => {
  expect(noteSentence(note)).toMatch(sentence);
  expect(comparisonTable(of(5, 5, [worse], [note]), plainTerminal).split('\n')[1]).toMatch(sentence);
});
