import { compareRuns, type Word } from '../../measure/compare/compare-runs.ts';
import type { RunRecord } from '../../measure/run-record/run-record.ts';
import { basisSentence, comparisonCells, comparisonHead, noteSentence } from '../wording/comparison-wording.ts';
import { html } from './markup.ts';
import { page, runPath } from './page-shell.ts';

/** A run by the name it is shown under. */
export interface NamedRun {
  readonly name: string;
  readonly record: RunRecord;
}

/** Two runs side by side: the one that was started first is the base. */
export function comparePage(one: NamedRun, other: NamedRun): string {
  const [base, next] = one.record.startedAt <= other.record.startedAt ? [one, other] : [other, one];
  const comparison = compareRuns([base.record], [next.record]);
  const notes = comparison.notes.map((note) => html`<p class="warn">${noteSentence(note)}</p>`);
  const rows = comparison.rows.map((row) => {
    const [metric, ...cells] = comparisonCells(row);
    const word = cells.pop() ?? '';
    return html`<tr><th scope="row">${metric ?? ''}</th>${cells.map((cell) => html`<td class="number">${cell}</td>`)}<td class="${wordClasses[row.word]}">${word}</td></tr>
`;
  });
  return page(
    'Comparison',
    html`<h1>Comparison</h1>
<p>base: <a href="${runPath(base.name)}">${base.name}</a><br>new: <a href="${runPath(next.name)}">${next.name}</a></p>
<p class="note">${basisSentence(comparison)}</p>
${notes}
<div class="scroller" role="region" aria-label="Comparison" tabindex="0"><table>
<thead><tr>${comparisonHead.map((word) => html`<th${word === '' ? '' : html` class="number"`}>${word}</th>`)}</tr></thead>
<tbody>${rows}</tbody>
</table></div>
<p><a href="/">All runs</a></p>`,
  );
}

const wordClasses: Readonly<Record<Word, string>> = {
  better: 'good',
  worse: 'bad',
  'no difference': 'note',
  'too few runs': 'warn',
};
