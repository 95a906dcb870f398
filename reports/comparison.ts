import type { Unit } from '../measure/catalogue.ts';
import { type Comparison, type ComparisonRow, ENOUGH_RUNS, type Word } from '../measure/compare.ts';
import type { ComparisonNote, Setting } from '../measure/comparison-notes.ts';
import { breachSentence, ms, plainNumber } from './sentences.ts';
import { type Paint, table } from './text-table.ts';

/** Two sides of runs for the terminal: how far to believe the comparison, then a row per metric. */
export function comparisonTable(comparison: Comparison, paint: Paint): string {
  const notes = comparison.notes.map((note) => paint('yellow', noteSentence(note)));
  const rows = comparison.rows.map((row) => cellsOf(row, paint));
  const head = ['', 'base', 'new', 'change', '95 % interval', 'p', ''];
  return [basisSentence(comparison), ...notes, table(head, rows, paint)].join('\n');
}

/** What the figures of a comparison rest on, in a sentence or two. */
export function basisSentence({ base, next }: Comparison): string {
  const sides = `${runs(base.length)} against ${runs(next.length)}`;
  if (Math.min(base.length, next.length) >= ENOUGH_RUNS) {
    return `${sides}: medians, tested after Mann and Whitney at 5 %. About one metric in twenty comes out different by chance.`;
  }
  return (
    `${sides}: with fewer than ${ENOUGH_RUNS} runs a side nothing can be significant. ` +
    'The intervals show what chance does within a run (bootstrap over its seconds); from run to run it does more.'
  );
}

/** What stands in the way of believing a comparison, in a sentence. */
export function noteSentence(note: ComparisonNote): string {
  switch (note.kind) {
    case 'noRuns':
      return `There is no run on the side of ${sideWord(note.side)}.`;
    case 'invalid':
      return `Run ${note.id} (${sideWord(note.side)}) is not to be believed. ${note.breaches.map(breachSentence).join(' ')}`;
    case 'partial':
      return `Run ${note.id} (${sideWord(note.side)}) is partial: it was cut short.`;
    case 'repeated':
      return `Run ${note.id} is there more than once; the test takes runs to be independent.`;
    case 'differs':
      return `The runs differ in ${settingWords[note.what]}: ${note.base.join(', ') || '–'} against ${note.next.join(', ') || '–'}.`;
    case 'notInterleaved':
      return `All runs of ${sideWord(note.first)} came first: a drift of the machine would look like a change. Take turns.`;
  }
}

const settingWords: Readonly<Record<Setting, string>> = {
  scenario: 'the scenario',
  dialect: 'the dialect',
  users: 'crowd users',
  probes: 'probes',
  talkers: 'talkers',
  rooms: 'rooms',
  ratePerTalker: 'messages per second and talker',
  arrivals: 'how messages are spaced',
  measuredSeconds: 'measured seconds',
  node: "Node's version",
  os: 'the operating system',
  cpus: 'CPUs',
};

const wordStyles: Readonly<Record<Word, Parameters<Paint>[0]>> = {
  better: 'green',
  worse: 'red',
  'no difference': 'dim',
  'too few runs': 'yellow',
};

function cellsOf({ metric, unit, base, next, change, p, word }: ComparisonRow, paint: Paint): string[] {
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

function sideWord(side: 'base' | 'next'): string {
  return side === 'base' ? 'base' : 'new';
}

function runs(count: number): string {
  return count === 1 ? '1 run' : `${count} runs`;
}
