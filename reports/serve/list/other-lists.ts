import { count } from '../../wording/quantities.ts';
import type { Digest } from '../digests/run-digest.ts';
import type { RunSession } from '../run-store.ts';
import type { LocalClock } from '../shell/local-clock.ts';
import { html, type Markup } from '../shell/markup.ts';
import { runPath, sessionPath } from '../shell/page-shell.ts';
import type { ListedRun } from './list-query.ts';
import { runLink, startTime } from './run-words.ts';

/** The sessions of several runs, the newest first, each with its runs and the report of all of them. */
export function sessionList(sessions: readonly RunSession[], runs: readonly ListedRun[], clock: LocalClock): Markup {
  const byId = new Map(runs.map((run) => [run.id, run]));
  const items = sessions
    .map(({ name, runs: ids }) => ({ name, covered: ids.flatMap((id) => byId.get(id) ?? []) }))
    .filter(({ covered }) => covered.length > 0)
    .sort((a, b) => (a.covered[0]!.startedAt < b.covered[0]!.startedAt ? 1 : -1))
    .map(
      ({ name, covered }) =>
        html`<li>${startTime(covered[0]!, clock)}: ${covered.map((run, i) => html`${i > 0 ? ', ' : ''}${runLink(run)}`)}<br><a href="${sessionPath(name)}" title="${name}">All runs of this session</a> <span class="note">${count(covered.length)} in one report</span></li>`,
    );
  return listUnder('Sessions', items);
}

/** The runs that are still to come. */
export function awaitedList(digests: readonly Digest[]): Markup {
  const items = digests
    .toReversed()
    .flatMap(({ state, name }) =>
      state === 'pending' ? html`<li><a href="${runPath(name)}">${name}</a> has not started</li>` : [],
    );
  return listUnder('To come', items);
}

/** What is there that is no run, and why. */
export function strayList(digests: readonly Digest[]): Markup {
  const items = digests
    .toReversed()
    .flatMap((one) => (one.state === 'unreadable' ? html`<li><bdi>${one.name}</bdi>: ${one.why}</li>` : []));
  return listUnder('No runs, or damaged', items);
}

function listUnder(title: string, items: readonly Markup[]): Markup {
  return items.length === 0
    ? html``
    : html`<section class="card"><h2>${title}</h2><ul class="plain">${items}</ul></section>`;
}
