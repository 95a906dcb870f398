import { table } from '../reports/terminal/text-table.ts';
import { metricHead, metricRows } from '../reports/wording/metric-reference.ts';
import { paint } from './terminal-colours.ts';

/** Prints every metric with its type, unit and meaning. */
export function metrics(): void {
  console.log(table(metricHead, metricRows(), paint, 'left'));
}
