import { table } from '../reports/terminal/text-table.ts';
import { metricHead, metricRows } from '../reports/wording/metric-reference.ts';
import { print, terminal } from './terminal-output.ts';

/** Prints every metric with its type, unit and meaning. */
export function metrics(): void {
  print(table(metricHead, metricRows(), terminal, 'left'));
}
