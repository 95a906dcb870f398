import { capitalized } from '../../../../base/capitalized.ts';
import { messageRate, numberOf } from '../../../../measure/run-record/read-metrics.ts';
import type { RunRecord } from '../../../../measure/run-record/run-record.ts';
import type { PageRecord } from '../../../render/page-record.ts';
import { crowdLimitWords } from '../../../wording/crowd-limit.ts';
import { headline } from '../../../wording/headline.ts';
import { crowdSize } from '../../../wording/load-wording.ts';
import { counted, threeDigits } from '../../../wording/quantities.ts';
import { breachReason, verdictMarks, verdictWord } from '../../../wording/verdict-wording.ts';
import { type Child, el } from '../../parts/elements.ts';
import { timeOf } from '../../parts/format.ts';
import { prose } from '../../parts/prose.ts';
import { generatorStatus } from './generator-status.ts';
import { liveProgress } from './live-progress.ts';
import { resultTiles } from './result-tiles.ts';
import { identity } from './run-identity.ts';
import { thresholdList } from './threshold-list.ts';

/** The top of the page: which run it is, whether to worry, what it came to, and what was asked of it. */
export function verdictStrip(record: PageRecord): HTMLElement {
  const { scenario, isRunning } = record;
  const limit = crowdLimitWords(record);
  const word = verdictOf(record);
  const strip = el(
    'header',
    'card verdict',
    el('h1', '', el('bdi', '', scenario.name), el('span', 'summary', scenario.about)),
    identity(record),
    el('div', 'finding', el('p', 'word', el('span', 'mark', marks[word]), word), ...said(record)),
    ...(isRunning ? liveProgress(record) : [worst(record), resultTiles(record), caution(record)]),
    el('p', 'load', loadWords(record)),
    generatorStatus(record),
    ...(limit === undefined ? [] : [el('p', 'crowd-limit', `${capitalized(limit)}.`)]),
    el('div', 'judged', ...thresholdList(record)),
  );
  strip.dataset.verdict = word;
  return strip;
}

/** The verdict in a word; of a run in progress, that it is. */
export function verdictOf(record: PageRecord): keyof typeof marks {
  return record.isRunning ? 'running' : verdictWord(record);
}

const marks = { ...verdictMarks, running: '●' };

/** The sentence behind the word: where the run is invalid, why; what else there is to say below it. */
function said(record: PageRecord): Child[] {
  const { verdict, state, interruptedBy, isRunning } = record;
  const [first, ...others] = verdict.breaches.map((breach) => capitalized(breachReason(breach)));
  if (isRunning) return [el('p', 'headline', 'The run is in progress. A fault is judged when it is over.')];
  if (interruptedBy) others.push(`Interrupted by ${interruptedBy}.`);
  if (state === 'partial') others.push(partial);
  return [
    el('p', 'headline', ...prose(first ?? headline(record))),
    others.length > 0 ? el('ul', 'reasons', ...others.map((sentence) => el('li', '', ...prose(sentence)))) : undefined,
  ];
}

const partial = 'Partial: the run was cut short. Deliveries that had not settled count as unknown.';

/** The most severe finding and what to do about it, in a line; the cards below have the rest. */
function worst({ findings }: RunRecord): HTMLElement | undefined {
  const [first] = findings;
  if (!first || first.severity === 'info') return undefined;
  const remedy = first.remedy === null ? [] : [' ', ...prose(first.remedy)];
  return el('p', 'worst', 'Most important finding: ', el('strong', '', `${first.title}.`), ...remedy);
}

function caution({ verdict }: RunRecord): HTMLElement | undefined {
  if (verdict.breaches.length === 0) return undefined;
  return el('p', 'note', 'The run is invalid: do not rely on these figures, nor on thresholds that passed.');
}

function loadWords(record: PageRecord): string {
  const { load, phases, target, isRunning } = record;
  const measured = numberOf(record, 'messages.rate');
  const rate = messageRate(record);
  const rates =
    target.mode === 'listening'
      ? `${threeDigits(rate)} messages/s from the server`
      : `${threeDigits(rate)} messages/s planned${isRunning ? '' : `, ${threeDigits(measured)}/s measured`}`;
  return [
    `${load.users > 0 ? `${crowdSize(record)} and ` : ''}${counted(load.probes, 'probe')} in ${counted(load.rooms, 'room')}`,
    rates,
    `${timeOf(phases.warmup)} warm-up, ${timeOf(phases.measure)} measured`,
  ].join(' · ');
}
