import { messageRate } from '../../../measure/run-record/read-metrics.ts';
import type { RunRecord } from '../../../measure/run-record/run-record.ts';
import type { PageRecord } from '../../render/page-record.ts';
import { headline } from '../../wording/headline.ts';
import { count, plainNumber } from '../../wording/quantities.ts';
import { breachSentence, thresholdValue, verdictWord } from '../../wording/verdict-wording.ts';
import { columns, table } from '../data-table.ts';
import { breakable, type Child, el, pairs } from '../elements.ts';
import { timeOf } from '../format.ts';
import { generatorStatus } from './generator-status.ts';

type ThresholdResult = RunRecord['verdict']['thresholds'][number];

/** The top of the page: whether to worry, why, and what was asked of the run. */
export function verdictStrip(record: PageRecord): HTMLElement {
  const { scenario, verdict, isRunning } = record;
  const said = `${verdictWord(record)}${isRunning ? ' so far' : ''}`;
  const word = el('p', 'word', el('span', 'mark', marks[verdictWord(record)]), said);
  const strip = el(
    'header',
    'card verdict',
    el('h1', '', el('bdi', '', scenario.name)),
    el('p', 'about', scenario.about),
    ...finding(word, record),
    load(record),
    verdict.thresholds.length > 0 ? thresholds(verdict.thresholds) : el('p', 'nothing', 'No thresholds were set.'),
  );
  strip.dataset.verdict = verdictWord(record).replaceAll(' ', '-');
  return strip;
}

const marks: Readonly<Record<ReturnType<typeof verdictWord>, string>> = {
  passed: '✓',
  failed: '✗',
  invalid: '!',
  interrupted: '‖',
  unknown: '?',
};

/** The word and the sentence behind it: where the run is invalid, the first reason comes before any figure. */
function finding(word: HTMLElement, record: PageRecord): Child[] {
  const { verdict, state, interruptedBy, isRunning } = record;
  const [first, ...others] = verdict.breaches.map(breachSentence);
  if (interruptedBy) others.push(`Interrupted by ${interruptedBy}.`);
  if (isRunning) others.push('The run is in progress; these are the figures so far.');
  else if (state === 'partial') others.push(partial);
  others.push(...record.findings.map(({ evidence, remedy }) => (remedy === null ? evidence : `${evidence} ${remedy}`)));
  return [
    el('div', 'finding', word, el('p', 'headline', first ?? headline(record))),
    generatorStatus(record),
    others.length > 0 ? el('ul', 'reasons', ...others.map((sentence) => el('li', '', sentence))) : undefined,
    first === undefined ? undefined : el('p', 'about', headline(record)),
  ];
}

const partial = 'Partial: the run was cut short. Deliveries that had not settled count as unknown.';

function load(record: RunRecord): HTMLElement {
  const { load, phases } = record;
  return pairs('tiles', [
    ['Crowd users', count(load.users)],
    ['Probes', count(load.probes)],
    ['Rooms', count(load.rooms)],
    ['Messages per second', plainNumber(messageRate(record))],
    ['Warm-up', timeOf(phases.warmup)],
    ['Measured', timeOf(phases.measure)],
  ]);
}

function thresholds(results: readonly ThresholdResult[]): HTMLElement {
  const rows = results.map((result) => ({
    head: el('code', '', ...breakable(result.text)),
    cells: [thresholdValue(result), el('span', `outcome ${result.outcome}`, outcomes[result.outcome])],
  }));
  return table({
    caption: 'Thresholds',
    columns: [...columns(['Threshold'], ['Value']), ...columns(['Outcome'])],
    rows,
  });
}

const outcomes: Readonly<Record<ThresholdResult['outcome'], string>> = {
  pass: '✓ pass',
  fail: '✗ fail',
  unknown: '? unknown',
};
