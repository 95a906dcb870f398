import type { RunRecord } from '../../measure/run-record/run-record.ts';
import { scoreColumns, scoreNote } from '../wording/outage-wording.ts';
import type { Terminal } from './terminal.ts';
import { table } from './text-table.ts';
import { wrap } from './wrap.ts';

/** The scorecard of a reconnection run, a row per fault; empty for other runs. */
export function outageTable(record: RunRecord, terminal: Terminal): string {
  const { paint, width } = terminal;
  if (record.outages.length === 0) return '';
  const heads = scoreColumns.map(({ group, title }) => `${group}\n${title}`);
  const rows = record.outages.map((outage) => [
    folded(outage.fault),
    ...scoreColumns.map(({ of, isBad }) => {
      const cell = of(record, outage);
      return isBad?.(outage) ? paint('red', cell) : cell;
    }),
  ]);
  const note = scoreNote(record);
  return [
    table(['fault', ...heads], rows, terminal),
    ...(note === undefined ? [] : [wrap(`  ${paint('dim', note)}`, width)]),
  ].join('\n');
}

/** A long name, broken behind dashes where there are any, so that the table stays within 120 columns. */
function folded(fault: string): string {
  return fault.match(/.{1,13}$|.{1,12}-|[^-]+-?/g)?.join('\n') ?? '';
}
