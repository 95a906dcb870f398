import { count } from '../../wording/quantities.ts';
import type { RunSession } from '../run-store.ts';
import type { LocalClock } from '../shell/local-clock.ts';
import { html, type Markup } from '../shell/markup.ts';
import { sessionPath } from '../shell/page-shell.ts';
import { type ListedRun, type ListQuery, listPath, type SortKey } from './list-query.ts';
import { type Column, columns } from './run-columns.ts';
import { breakable, runLink, startTime, tags } from './run-words.ts';
import { sparkline } from './sparkline.ts';

/** What rows are made with, besides the runs. */
export interface RowContext {
  readonly query: ListQuery;
  readonly clock: LocalClock;
  /** By id of a run, the session that it was made in. */
  readonly sessions: ReadonlyMap<string, RunSession>;
}

/**
 * A row for each run, with boxes to choose it for a comparison. On a narrow screen the rows are cards, with the titles of
 * the columns in them; the roles keep it a table there, too.
 */
export function runTable(runs: readonly ListedRun[], context: RowContext): Markup {
  const { query } = context;
  return html`<table role="table" class="runs">
<caption class="unseen">Runs</caption>
<thead role="rowgroup"><tr role="row">
<th role="columnheader" scope="col">compare</th>
<th role="columnheader" scope="col"${ariaSort(query, 'run', 'target')}>${sortLink(query, 'run', 'run', 'Scenario and labels')} <span class="small">· ${sortLink(query, 'target', 'target', 'Target')}</span></th>
<th role="columnheader" scope="col"${ariaSort(query, 'started')}>${sortLink(query, 'started', 'started', 'When it started')}</th>
${columns.map((column) => headOf(query, column))}
<th role="columnheader" scope="col">p99 by second</th>
</tr></thead>
<tbody role="rowgroup">
${runs.map((run) => rowOf(run, context))}</tbody>
</table>`;
}

function headOf(query: ListQuery, { key, title, hint, isNumber }: Column): Markup {
  return html`<th role="columnheader" scope="col" class="${key}${isNumber ? ' number' : ''}"${ariaSort(query, key)}>${sortLink(query, key, title, hint, isNumber)}</th>`;
}

function ariaSort({ sort }: ListQuery, ...keys: readonly SortKey[]): Markup {
  if (!keys.includes(sort.key)) return html``;
  return html` aria-sort="${sort.isDown ? 'descending' : 'ascending'}"`;
}

/** Sorts by a column, and the other way round where it is sorted by it already; numbers and times first from the top. */
function sortLink(query: ListQuery, key: SortKey, title: string, hint: string, isNumber = key === 'started'): Markup {
  const isSorted = query.sort.key === key;
  const path = listPath({ ...query, sort: { key, isDown: isSorted ? !query.sort.isDown : isNumber } });
  const arrow = isSorted ? html` <span aria-hidden="true">${query.sort.isDown ? '↓' : '↑'}</span>` : '';
  return html`<a id="sort-${key}" class="sort" href="${path}" title="${hint}">${title}${arrow}</a>`;
}

function rowOf(run: ListedRun, { clock, sessions }: RowContext): Markup {
  const { target, id } = run;
  const session = sessions.get(id);
  return html`<tr role="row" class="${run.state}">
<td role="cell" class="pick">${run.state === 'finished' ? sides(run) : ''}</td>
<th role="rowheader" scope="row" class="what"><div>${runLink(run)}<span class="small">${breakable(target)}</span>${session ? sessionLink(session) : ''}${tags(run)}</div></th>
<td role="cell" data-label="started" class="started">${startTime(run, clock)}</td>
${columns.map(({ key, title, isNumber, cell }) => html`<td role="cell" data-label="${title}" class="${key}${isNumber ? ' number' : ''}">${cell(run)}</td>`)}
<td role="cell" data-label="p99 by second" class="drawn">${run.state === 'finished' ? sparkline(run.p99BySecond, 'p99 by second') : ''}</td>
</tr>
`;
}

function sides({ name, scenario, id }: ListedRun): Markup {
  return html`<label class="side"><input type="checkbox" name="base" value="${name}" aria-label="base: ${scenario} ${id}"> base</label> <label class="side"><input type="checkbox" name="new" value="${name}" aria-label="new: ${scenario} ${id}"> new</label>`;
}

function sessionLink({ name, runs }: RunSession): Markup {
  return html`<a class="small" href="${sessionPath(name)}">all ${count(runs.length)} runs of its session</a>`;
}
