/** A comparison of runs in words, the same in every output. */

import { type Comparison, type ComparisonRow, ENOUGH_RUNS } from '../../measure/compare/compare-runs.ts';
import type { ComparisonNote, Setting } from '../../measure/compare/comparison-notes.ts';
import type { Unit } from '../../measure/metrics/metric-catalogue.ts';
import { bytes, ms, plainNumber } from './quantities.ts';
import { breachSentence } from './verdict-wording.ts';

/** What the figures of a comparison rest on, in a sentence or two. */
export function basisSentence({ base, next, rows }: Comparison): string {
  const sides = `${runs(base.length)} against ${runs(next.length)}`;
  if (Math.min(base.length, next.length) >= ENOUGH_RUNS) {
    return `${sides}: medians, compared by a Mann-Whitney test at 5 %. About one metric in twenty differs by chance.`;
  }
  const significant = rows.some(({ word }) => word !== 'too few runs')
    ? 'only what a run knows with an interval of its own can be significant'
    : 'nothing can be significant';
  return (
    `${sides}: with fewer than ${ENOUGH_RUNS} runs a side ${significant}. ` +
    'The intervals show the variation within a run (bootstrap over its seconds); between runs it is larger.'
  );
}

/** What two searches say of each other, in a sentence; undefined of other runs. */
export function capacityChange({ rows }: Comparison): string | undefined {
  const row = rows.find(({ metric }) => metric === 'capacity.confirmed');
  if (row?.change?.scale !== 'percent') return undefined;
  const { value, interval } = row.change;
  const size = (percent: number) => `${plainNumber(Math.round(Math.abs(percent)))} %`;
  const way = value < 0 ? 'fewer' : 'more';
  if (!interval) return `The new run carries ${size(value)} ${way}.`;
  const [low, high] = value < 0 ? [-interval.high, -interval.low] : [interval.low, interval.high];
  const range = `${plainNumber(Math.round(low))} % to ${plainNumber(Math.round(high))} %`;
  if (row.word === 'no difference')
    return `The new run carries as much as the base, as far as can be told (${range} ${way}).`;
  return `The new run carries ${size(value)} ${way} (${range}).`;
}

/** What weakens a comparison, in a sentence. */
export function noteSentence(note: ComparisonNote): string {
  switch (note.kind) {
    case 'noRuns':
      return `There are no ${sideWord(note.side)} runs.`;
    case 'invalid':
      return `Run ${note.id} (${sideWord(note.side)}) is invalid. ${note.breaches.map(breachSentence).join(' ')}`;
    case 'partial':
      return `Run ${note.id} (${sideWord(note.side)}) is partial: it was cut short.`;
    case 'repeated':
      return `Run ${note.id} was given more than once; the test assumes independent runs.`;
    case 'differs':
      return `The runs differ in ${settingWords[note.what]}: ${note.base.join(', ') || '–'} against ${note.next.join(', ') || '–'}.`;
    case 'notInterleaved':
      return `All ${sideWord(note.first)} runs came first, so a drift of the machine would look like a change. Alternate the runs.`;
  }
}

export const comparisonHead = ['', 'base', 'new', 'change', '95 % interval', 'p', ''];

/** A metric's cells under {@link comparisonHead}; the last one is the word. */
export function comparisonCells({ metric, unit, base, next, change, p, word }: ComparisonRow): string[] {
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
    word,
  ];
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
  nodes: 'nodes of the server',
  adapter: 'what nodes hear each other by',
  server: "socket.io's version",
  client: "socket.io-client's version",
  node: "Node's version",
  os: 'the operating system',
  cpus: 'CPUs',
};

function sideWord(side: 'base' | 'next'): string {
  return side === 'base' ? 'base' : 'new';
}

function runs(count: number): string {
  return count === 1 ? '1 run' : `${count} runs`;
}

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
      return bytes(value);
    case '1/s':
      return `${plainNumber(value)}/s`;
    case '1':
      return plainNumber(value);
  }
}
