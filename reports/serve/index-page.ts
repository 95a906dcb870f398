import { count, statistic } from '../wording/quantities.ts';
import { html, type Markup } from './markup.ts';
import { page, runPath } from './page-shell.ts';
import type { Digest, RunDigest } from './run-digest.ts';
import { sparkline, trend } from './sparkline.ts';

/** What to show of the runs; undefined for all. */
export interface Filter {
  readonly scenario: string | undefined;
  readonly target: string | undefined;
}

type Over = Extract<Digest, { state: 'finished' }>;

/** The index: a row a run, the newest first, how like runs went over time, and what is there that is no run. */
export function indexPage(digests: readonly Digest[], filter: Filter): string {
  const known = digests.filter((one) => 'scenario' in one);
  const shown = known
    .filter((one) => (filter.scenario ?? one.scenario) === one.scenario && (filter.target ?? one.target) === one.target)
    .sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1));
  return page(
    'Runs',
    html`<h1>Runs</h1>
${filters(known, filter)}
${shown.length > 0 ? runTable(shown) : html`<p class="note">${nothingWord(digests, known.length)}</p>`}
${trends(shown.filter((one) => one.state === 'finished'))}
${others(digests)}`,
  );
}

function nothingWord(digests: readonly Digest[], known: number): string {
  if (known > 0) return 'No runs match this filter.';
  return digests.some(({ state }) => state === 'pending')
    ? 'No run has started yet.'
    : 'There are no runs in this folder yet.';
}

function filters(known: readonly { scenario: string; target: string }[], filter: Filter): Markup {
  const choice = (name: keyof Filter) => {
    const values = [...new Set(known.map((one) => one[name]))].sort();
    const options = values.map(
      (value) => html`<option value="${value}"${value === filter[name] ? html` selected` : ''}>${value}</option>`,
    );
    return html`<label>${name} <select name="${name}"><option value="">all</option>${options}</select></label>`;
  };
  return html`<form action="/" class="bar">${choice('scenario')} ${choice('target')} <button>Show</button></form>`;
}

function runTable(shown: readonly (Over | Extract<Digest, { state: 'running' }>)[]): Markup {
  return html`<form action="/compare">
<div class="scroller" role="region" aria-label="Runs" tabindex="0"><table>
<thead><tr><th>compare</th><th>run</th><th>scenario</th><th>target</th><th>started</th><th>verdict</th><th class="number">p99</th><th>p99 by second</th><th class="number">lost</th></tr></thead>
<tbody>${shown.map((one) => (one.state === 'finished' ? runRow(one) : goingRow(one)))}</tbody>
</table></div>
<p class="bar"><button>Compare</button> <span class="note">Tick two runs: the older one is the base.</span></p>
</form>`;
}

function runRow(one: Over): Markup {
  const { name, scenario, target, startedAt, verdict, isWhole, p99, p99BySecond, lost, expected } = one;
  const told = p99 === null ? 'insufficient' : statistic(p99);
  return html`<tr><td><input type="checkbox" name="run" value="${name}" aria-label="Compare ${name}"></td><td><a href="${runPath(name)}">${name}</a></td><td>${scenario}</td><td>${target}</td><td>${when(startedAt)}</td><td class="${verdictClass(verdict)}">${verdictMark(verdict)} ${verdict}${isWhole ? '' : ' (partial)'}</td><td class="number">${told}</td><td>${sparkline(p99BySecond, `p99 of ${count(p99BySecond.length)} seconds`)}</td><td class="number">${expected === 0 ? '–' : `${count(lost)} of ${count(expected)}`}</td></tr>
`;
}

function goingRow({ name, scenario, target, startedAt }: Extract<Digest, { state: 'running' }>): Markup {
  return html`<tr><td></td><td><a href="${runPath(name)}">${name}</a></td><td>${scenario}</td><td>${target}</td><td>${when(startedAt)}</td><td class="going">● in progress</td><td></td><td></td><td></td></tr>
`;
}

/** A drawing for each scenario and target that was run more than once. */
function trends(over: readonly Over[]): Markup {
  const groups = Map.groupBy(over.toReversed(), ({ scenario, target }) => JSON.stringify([scenario, target]));
  const figures = [...groups.values()].filter((runs) => runs.length > 1).map(trendOf);
  if (figures.length === 0) return html``;
  return html`<h2>Over the runs</h2><p class="note">p99 as a line, from the oldest run to the newest; lost deliveries as bars below it.</p><div class="trends">${figures}</div>`;
}

function trendOf(runs: readonly Over[]): Markup {
  const { scenario, target } = runs[0]!;
  const points = runs.map(({ name, p99, lost }) => ({
    p99,
    lost,
    about: `${name}: p99 ${statistic(p99)}, ${count(lost)} lost`,
  }));
  const known = points.flatMap(({ p99 }) => p99 ?? []);
  const isBlank = known.length === 0 && points.every(({ lost }) => lost === 0);
  const range =
    known.length > 0 ? `p99 ${statistic(Math.min(...known))} to ${statistic(Math.max(...known))}` : 'p99 unknown';
  const told = `${count(runs.length)} runs, ${range}, ${count(runs.reduce((sum, { lost }) => sum + lost, 0))} lost in total`;
  return html`<figure><figcaption><strong>${scenario}</strong> · ${target}<br>${told}</figcaption>${isBlank ? html`` : trend(points, told)}</figure>`;
}

/** What is still to come, and what is no run. */
function others(digests: readonly Digest[]): Markup {
  const awaited = digests.flatMap(({ state, name }) =>
    state === 'pending' ? html`<li><a href="${runPath(name)}">${name}</a> has not started</li>` : [],
  );
  const strays = digests.flatMap((one) =>
    one.state === 'unreadable' ? html`<li><bdi>${one.name}</bdi>: ${one.why}</li>` : [],
  );
  return html`${listUnder('To come', awaited)}${listUnder('No runs, or damaged', strays)}`;
}

function listUnder(title: string, items: readonly Markup[]): Markup {
  return items.length === 0 ? html`` : html`<h2>${title}</h2><ul>${items}</ul>`;
}

function when(startedAt: string): Markup {
  return html`<time datetime="${startedAt}">${startedAt.slice(0, 16).replace('T', ' ')} UTC</time>`;
}

function verdictMark(verdict: RunDigest['verdict']): string {
  return { passed: '✓', failed: '✗' }[verdict as 'passed'] ?? '!';
}

function verdictClass(verdict: RunDigest['verdict']): string {
  return verdict === 'passed' ? 'good' : verdict === 'failed' ? 'bad' : 'warn';
}
