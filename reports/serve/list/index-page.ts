import { count, counted } from '../../wording/quantities.ts';
import type { Digest } from '../digests/run-digest.ts';
import type { RunSession } from '../run-store.ts';
import type { LocalClock } from '../shell/local-clock.ts';
import { html, type Markup } from '../shell/markup.ts';
import type { Body } from '../shell/page-shell.ts';
import {
  type Choice,
  choicesOf,
  type ListedRun,
  type ListQuery,
  listed,
  listPath,
  ROWS,
  type Sort,
  sortText,
} from './list-query.ts';
import { awaitedList, sessionList, strayList } from './other-lists.ts';
import { columns } from './run-columns.ts';
import { runTable } from './run-table.ts';
import { trends } from './trend-section.ts';

/** What the index is made of. */
export interface IndexContent {
  readonly digests: readonly Digest[];
  readonly sessions: readonly RunSession[];
  readonly query: ListQuery;
  readonly clock: LocalClock;
}

/**
 * The index: a row a run, how like runs went over time, and what is there that is no run. What has an id and the class
 * `live` is replaced by the script of the page when it has changed.
 */
export function indexPage({ digests, sessions, query, clock }: IndexContent): Body {
  const known = digests.filter((one) => 'scenario' in one);
  const wanted = listed(known, query);
  const shown = wanted.slice(0, query.rows);
  const byId = new Map(sessions.flatMap((session) => session.runs.map((id) => [id, session] as const)));
  const unread = digests.filter(({ state }) => state === 'unread').length;
  return {
    title: 'Runs',
    isMoving: unread > 0 || digests.some(({ state }) => state === 'running' || state === 'pending'),
    markup: html`<header class="top"><p class="brand">chatstorm</p><h1>Runs</h1></header>
${filters(known, query)}
<p id="count" class="live note" role="status">${countWords(wanted.length, known.length, unread)}</p>
<p id="connection" class="warn" role="status"></p>
<form action="/compare" id="compare">
<div id="list" class="live">${shown.length > 0 ? html`<div class="scroller" role="region" aria-label="Runs" tabindex="0">${runTable(shown, { query, clock, sessions: byId })}</div>` : html`<p class="card note">${nothingWords(digests, known.length)}</p>`}${moreLink(wanted.length, query)}</div>
<div class="choice"><button>Compare</button> <button type="button" id="clear" hidden>Clear</button> <span id="chosen" class="note" role="status">Tick runs as base and as new, as many as you like. Of two in one column, the older is the base.</span></div>
</form>
<div id="trends" class="live">${trends(wanted, clock)}</div>
<div id="others" class="live">${sessionList(sessions, known, clock)}${awaitedList(digests)}${strayList(digests)}</div>`,
  };
}

function countWords(wanted: number, known: number, unread: number): string {
  const shown = wanted === known ? counted(known, 'run') : `${count(wanted)} of ${counted(known, 'run')}`;
  return unread > 0 ? `${shown}; ${count(unread)} more are being read …` : shown;
}

function nothingWords(digests: readonly Digest[], known: number): string {
  if (known > 0) return 'No runs match this filter.';
  return digests.some(({ state }) => state === 'pending')
    ? 'No run has started yet.'
    : 'There are no runs in this folder yet. Make one with: npx chatstorm load';
}

function moreLink(wanted: number, query: ListQuery): Markup {
  if (wanted <= query.rows) return html``;
  const path = listPath({ ...query, rows: query.rows + ROWS });
  return html`<p><a id="more" class="sort" href="${path}">Show more</a> <span class="note">${count(wanted - query.rows)} are not shown.</span></p>`;
}

function filters(known: readonly ListedRun[], query: ListQuery): Markup {
  return html`<form action="/" class="bar" role="search">
<label class="grow"><span>Search</span> <input type="search" id="q" name="q" value="${query.q ?? ''}" placeholder="scenario, label, branch, commit, id" autocomplete="off"></label>
${(['scenario', 'target', 'verdict'] as const).map((choice) => choiceOf(choice, known, query))}
<label><span>sorted by</span> <select id="sort" name="sort" class="live">${sorts(query.sort).map(([sort, words]) => option(sortText(sort), words, sortText(query.sort)))}</select></label>
<button id="show">Show</button>
</form>`;
}

/** The ways to sort from a list, for those who see no titles of columns; the one in use is always there. */
function sorts({ key, isDown }: Sort): [Sort, string][] {
  const common: [Sort, string][] = [
    [{ key: 'started', isDown: true }, 'newest first'],
    [{ key: 'started', isDown: false }, 'oldest first'],
    [{ key: 'run', isDown: false }, 'scenario'],
    [{ key: 'target', isDown: false }, 'target'],
    ...columns.map(({ key, title, isNumber }): [Sort, string] => [{ key, isDown: isNumber }, title]),
  ];
  if (common.some(([sort]) => sort.key === key && sort.isDown === isDown)) return common;
  const title = columns.find((column) => column.key === key)?.title ?? key;
  return [...common, [{ key, isDown }, `${title}, ${isDown ? 'highest' : 'lowest'} first`]];
}

function choiceOf(choice: Choice, known: readonly ListedRun[], query: ListQuery): Markup {
  const there = choicesOf(known, choice);
  const asked = query[choice];
  const values = asked === undefined || there.includes(asked) ? there : [...there, asked];
  return html`<label><span>${choice}</span> <select id="${choice}" name="${choice}" class="live"><option value="">all</option>${values.map((value) => option(value, value, asked))}</select></label>`;
}

function option(value: string, words: string, chosen: string | undefined): Markup {
  return html`<option value="${value}"${value === chosen ? html` selected` : ''}>${words}</option>`;
}
