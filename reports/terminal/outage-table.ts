import type { RunRecord } from '../../measure/run-record/run-record.ts';
import { scoreColumns, scoreNote } from '../wording/outage-wording.ts';
import { type Paint, table } from './text-table.ts';

/** The scorecard of a reconnection run, a row per fault; empty for other runs. */
export function outageTable(record: RunRecord, paint: Paint): string {
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
  return [table(['\nfault', ...heads], rows, paint), ...(note === undefined ? [] : [`  ${paint('dim', note)}`])].join(
    '\n',
  );
}

/** A name of any length, broken behind dashes where it can be, so that the table stays within 120 columns. */
function folded(fault: string): string {
  return fault.match(/.{1,13}$|.{1,12}-|.{13}/g)?.join('\n') ?? '';
}
