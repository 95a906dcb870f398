import type { RunRecord } from '../../measure/run-record/run-record.ts';
import { nodeColumns } from '../wording/node-wording.ts';
import { scoreColumns, scoreNote } from '../wording/outage-wording.ts';
import type { Outage, ScoreColumn } from '../wording/score-column.ts';
import type { Terminal } from './terminal.ts';
import { table } from './text-table.ts';
import { wrap } from './wrap.ts';

/** The scorecard of a reconnection run, a row per fault, with a second one where there are several nodes; empty for other runs. */
export function outageTable(record: RunRecord, terminal: Terminal): string {
  const { paint, width } = terminal;
  if (record.outages.length === 0) return '';
  const scores = (columns: readonly ScoreColumn[], outages: readonly Outage[]) => {
    const heads = columns.map(({ group, title }) => `${group}\n${title}`);
    const rows = outages.map((outage) => [
      folded(outage.fault),
      ...columns.map(({ of, isBad }) => {
        const cell = of(record, outage);
        return isBad?.(outage) ? paint('red', cell) : cell;
      }),
    ]);
    return table(['fault', ...heads], rows, terminal);
  };
  const note = scoreNote(record);
  const betweenNodes = record.outages.filter(({ nodes }) => nodes !== null);
  return [
    scores(scoreColumns, record.outages),
    ...(note === undefined ? [] : [wrap(`  ${paint('dim', note)}`, width)]),
    ...(betweenNodes.length === 0 ? [] : [scores(narrowColumns, betweenNodes)]),
  ].join('\n');
}

/** How much was recovered stands above: without it, the table stays within 120 columns. */
const narrowColumns = nodeColumns.filter(({ title }) => title !== 'recovered');

/** A long name, broken behind dashes where there are any, so that the table stays within 120 columns. */
function folded(fault: string): string {
  return fault.match(/.{1,13}$|.{1,12}-|[^-]+-?/g)?.join('\n') ?? '';
}
