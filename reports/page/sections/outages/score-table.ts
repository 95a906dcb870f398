import { capitalized } from '../../../../base/capitalized.ts';
import type { RunRecord } from '../../../../measure/run-record/run-record.ts';
import type { Outage, ScoreColumn } from '../../../wording/score-column.ts';
import { columns, type Row, table } from '../../parts/data-table.ts';
import { breakable, el } from '../../parts/elements.ts';

/** A scorecard: a row per fault, with what must not be marked as such. */
export function scoreTable(
  caption: string,
  scores: readonly ScoreColumn[],
  record: RunRecord,
  outages: readonly Outage[] = record.outages,
): HTMLElement {
  const rows = outages.map((outage): Row => {
    const cells = scores.map(({ of, isBad }) => {
      const cell = of(record, outage);
      return isBad?.(outage) ? el('span', 'outcome fail', cell) : cell;
    });
    return { head: faultName(outage), cells };
  });
  const heads = scores.map(({ group, title }) => capitalized(`${group} ${title}`.trim()));
  return table({ caption, columns: columns(['Fault'], heads), rows, className: 'by-fault' });
}

/** A fault's name, which may break where lines are short. */
export function faultName({ fault }: Outage): HTMLElement {
  return el('code', '', ...breakable(fault));
}
