import { type ComparisonRow, compareRuns, type Word } from '../../../measure/compare/compare-runs.ts';
import type { RunRecord } from '../../../measure/run-record/run-record.ts';
import { basisSentence, comparisonCells, comparisonHead, noteSentence } from '../../wording/comparison-wording.ts';
import { loadWords } from '../../wording/load-wording.ts';
import { counted } from '../../wording/quantities.ts';
import { factsOf } from '../digests/run-facts.ts';
import { runLink, startTime, tags } from '../list/run-words.ts';
import type { LocalClock } from '../shell/local-clock.ts';
import { html, type Markup } from '../shell/markup.ts';
import { type Body, top } from '../shell/page-shell.ts';

/** A run by the name it is shown under. */
export interface NamedRun {
  readonly name: string;
  readonly record: RunRecord;
}

/** Runs against runs: the headline metrics, and all others folded. */
export function comparePage(base: readonly NamedRun[], next: readonly NamedRun[], clock: LocalClock): Body {
  const comparison = compareRuns(recordsOf(base), recordsOf(next));
  const [headlines, others] = [true, false].map((isHeadline) =>
    comparison.rows.filter((row) => row.isHeadline === isHeadline),
  ) as [ComparisonRow[], ComparisonRow[]];
  const notes = comparison.notes.map((note) => html`<li>${noteSentence(note)}</li>`);
  return {
    title: 'Comparison',
    markup: html`${top('Comparison')}
<div class="sides">${side('Base', base, clock)}${side('New', next, clock)}</div>
<section class="card"><h2>What changed</h2>
<p class="note">${basisSentence(comparison)}</p>
${notes.length > 0 ? html`<ul class="warnings">${notes}</ul>` : ''}
${headlines.length > 0 ? rowsTable('Headline metrics', headlines) : html`<p>These runs have no metric in common.</p>`}
${others.length > 0 ? html`<details><summary>${counted(others.length, 'other metric')}</summary>${rowsTable('Other metrics', others)}</details>` : ''}
<p><a href="${comparePath(next, base)}">Swap base and new</a></p>
</section>`,
  };
}

/** The older of two runs first. */
export function byStart([one, other]: readonly [NamedRun, NamedRun]): [NamedRun, NamedRun] {
  return one.record.startedAt <= other.record.startedAt ? [one, other] : [other, one];
}

function comparePath(base: readonly NamedRun[], next: readonly NamedRun[]): string {
  const query = new URLSearchParams();
  for (const { name } of base) query.append('base', name);
  for (const { name } of next) query.append('new', name);
  return `/compare?${query}`;
}

function side(title: string, runs: readonly NamedRun[], clock: LocalClock): Markup {
  const items = runs.map(({ name, record }) => {
    const facts = factsOf(record);
    return html`<li>${runLink({ name, ...facts })} <span class="small">${startTime(facts, clock)}</span>${tags(facts)}</li>`;
  });
  const loads = new Set(runs.map(({ record }) => loadWords(factsOf(record))));
  return html`<section class="card"><h2>${title} <span class="note">${counted(runs.length, 'run')}</span></h2>
${[...loads].map((load) => html`<p class="note">${load}</p>`)}<ul class="plain">${items}</ul></section>`;
}

function rowsTable(title: string, rows: readonly ComparisonRow[]): Markup {
  return html`<div class="scroller" role="region" aria-label="${title}" tabindex="0"><table role="table" class="metrics">
<caption class="unseen">${title}</caption>
<thead role="rowgroup"><tr role="row">${heads.map((head, i) => html`<th role="columnheader" scope="col" class="${classes[i]!}">${head}</th>`)}</tr></thead>
<tbody role="rowgroup">${rows.map(metricRow)}</tbody>
</table></div>`;
}

function metricRow(row: ComparisonRow): Markup {
  const [metric = '', ...cells] = comparisonCells(row);
  const told = cells.map((cell, i) => {
    const mood = i === cells.length - 1 ? wordClasses[row.word] : classes[i + 1]!;
    return html`<td role="cell" data-label="${heads[i + 1]!}" class="${mood}">${cell}</td>`;
  });
  return html`<tr role="row"><th role="rowheader" scope="row">${metric}</th>${told}</tr>
`;
}

/** The first column names the metric, the last one has the word. */
const heads = comparisonHead.map((word, i) => word || (i === 0 ? 'metric' : 'verdict'));
const classes = ['', 'number', 'number', 'number', 'number interval', 'number', ''];

const REPLICATES = 600;

/** Records whose bootstraps, each drawn against each of the other side, stay few, however many runs there are. */
function recordsOf(runs: readonly NamedRun[]): RunRecord[] {
  const most = Math.max(1, Math.floor(REPLICATES / runs.length));
  return runs.map(({ record }) => {
    const intervals = Object.entries(record.intervals).map(([key, interval]) => {
      if (!interval || interval.replicates.length <= most) return [key, interval];
      const step = interval.replicates.length / most;
      const replicates = Array.from({ length: most }, (_, i) => interval.replicates[Math.floor((i + 0.5) * step)]!);
      return [key, { ...interval, replicates }];
    });
    return { ...record, intervals: Object.fromEntries(intervals) };
  });
}

const wordClasses: Readonly<Record<Word, string>> = {
  better: 'good',
  worse: 'bad',
  'no difference': 'note',
  'too few runs': 'warn',
};
