import { loadWords } from '../../wording/load-wording.ts';
import { count, counted, ms } from '../../wording/quantities.ts';
import { type Finished, isSound } from '../digests/run-digest.ts';
import type { LocalClock } from '../shell/local-clock.ts';
import { html, type Markup } from '../shell/markup.ts';
import type { ListedRun } from './list-query.ts';
import { breakable } from './run-words.ts';
import { trendChart } from './trend-chart.ts';

const MOST_RUNS = 40;
const MOST_FIGURES = 12;

/** A figure for each group of like runs that was run more than once, the one that was run last first. */
export function trends(runs: readonly ListedRun[], clock: LocalClock): Markup {
  const groups = groupsOf(runs.filter((one) => one.state === 'finished')).filter(({ length }) => length > 1);
  if (groups.length === 0) return html``;
  const left = groups.length - MOST_FIGURES;
  return html`<section><h2>Over the runs</h2>
<p class="note">p99 from run to run. A line joins only runs of the same scenario, load, duration, target and engine.</p>
<div class="trends">${groups.slice(0, MOST_FIGURES).map((group) => figure(group, clock))}</div>
${left > 0 ? html`<p class="note">${counted(left, 'group')} more: filter the runs to see them.</p>` : ''}</section>`;
}

/** Finished runs by likeness, each group from its oldest run to its newest, the group that was run last first. */
export function groupsOf(runs: readonly Finished[]): Finished[][] {
  const groups = Map.groupBy(
    runs.toSorted((a, b) => (a.startedAt < b.startedAt ? -1 : 1)),
    ({ likeness }) => likeness,
  );
  return [...groups.values()].sort((a, b) => (a.at(-1)!.startedAt < b.at(-1)!.startedAt ? 1 : -1));
}

function figure(group: readonly Finished[], clock: LocalClock): Markup {
  const runs = group.slice(-MOST_RUNS);
  const { scenario, target } = runs[0]!;
  const told = summary(runs, group.length);
  return html`<figure class="card"><figcaption><h3><strong>${scenario}</strong> · ${breakable(target)}</h3>
<p class="note">${loadWords(runs[0]!)}</p><p>${told}</p></figcaption>
${trendChart(runs, `p99 of ${scenario}, run by run: ${told}`, clock)}</figure>`;
}

function summary(runs: readonly Finished[], of: number): string {
  const sound = runs.filter(isSound);
  const known = sound.flatMap(({ p99 }) => p99 ?? []);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const lost = sound.reduce((sum, run) => sum + run.lost, 0);
  const unsound = runs.length - sound.length;
  return [
    runs.length < of ? `the last ${count(runs.length)} of ${count(of)} runs` : counted(of, 'run'),
    known.length === 0 ? 'p99 insufficient' : `p99 ${[...new Set([ms(low), ms(high)])].join(' to ')}`,
    lost === 0 ? 'nothing lost' : `${count(lost)} lost`,
    ...(unsound > 0 ? [`× ${count(unsound)} invalid or cut short`] : []),
  ].join(' · ');
}
