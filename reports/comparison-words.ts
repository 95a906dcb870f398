/** What to know before believing a comparison of runs, in words, the same in every output. */

import { type Comparison, ENOUGH_RUNS } from '../measure/compare.ts';
import type { ComparisonNote, Setting } from '../measure/comparison-notes.ts';
import { breachSentence } from './sentences.ts';

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

function sideWord(side: 'base' | 'next'): string {
  return side === 'base' ? 'base' : 'new';
}

function runs(count: number): string {
  return count === 1 ? '1 run' : `${count} runs`;
}
