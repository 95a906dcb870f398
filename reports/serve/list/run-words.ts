import { verdictMarks } from '../../wording/verdict-wording.ts';
import type { RunFacts } from '../digests/run-facts.ts';
import type { LocalClock } from '../shell/local-clock.ts';
import { html, type Markup } from '../shell/markup.ts';
import { runPath } from '../shell/page-shell.ts';
import type { ListedRun } from './list-query.ts';

/** A run by its scenario and id, as a link to its page; its folder's name is told when it is pointed at. */
export function runLink({ name, scenario, id }: Pick<RunFacts, 'scenario' | 'id'> & { readonly name: string }): Markup {
  return html`<a class="run" href="${runPath(name)}" title="${name}"><strong>${scenario}</strong> <span class="id">${id}</span></a>`;
}

/** An address that is broken, where it has to be, between its parts. */
export function breakable(address: string): Markup {
  return html`${address.split(/(?<=[./])|(?=:\d)/).map((part, i) => (i === 0 ? part : html`<wbr>${part}`))}`;
}

/** When a run started: how long ago, and exactly when it is pointed at. */
export function startTime({ startedAt }: Pick<RunFacts, 'startedAt'>, clock: LocalClock): Markup {
  return html`<time datetime="${startedAt}" title="${clock.exactly(startedAt)}">${clock.ago(startedAt)}</time>`;
}

/** What a run was labelled with, and the state of the repository that it was made in. */
export function tags({ labels, git }: Pick<RunFacts, 'labels' | 'git'>): Markup {
  const branch = git?.branch ?? 'detached';
  const state =
    git === null
      ? html``
      : html`<li class="tag git" title="Branch and commit${git.isDirty ? ', with changes that were not committed' : ''}">${branch} <code>${git.commit}${git.isDirty ? '+' : ''}</code></li>`;
  if (labels.length === 0 && git === null) return html``;
  return html`<ul class="tags">${labels.map((label) => html`<li class="tag">${label}</li>`)}${state}</ul>`;
}

/** The verdict with its mark; of a run in progress, how far it is. */
export function verdictCell(run: ListedRun): Markup {
  if (run.state === 'finished')
    return html`<span class="verdict ${run.verdict}"><span class="mark" aria-hidden="true">${verdictMarks[run.verdict]}</span> ${run.verdict}</span>${run.isWhole || run.verdict === 'interrupted' ? '' : html` <span class="small">partial</span>`}`;
  const { second, seconds } = run;
  const said = second === undefined ? 'starting' : `${second} of ${seconds} s`;
  return html`<span class="verdict running">in progress</span> <progress value="${second ?? 0}" max="${Math.max(seconds, 1)}" aria-label="Progress"></progress> <span class="small">${said}</span>`;
}
