import { valueIn } from '../../wording/quantities.ts';
import { columns, table } from '../parts/data-table.ts';
import { timeOf } from '../parts/format.ts';
import type { LineSpec } from './line-chart.ts';
import { thinned } from './series.ts';

/** A chart over time under its title. */
interface Titled extends LineSpec {
  readonly title: string;
}

/** Rows of a chart's table at the most. */
const LONGEST_TABLE = 3600;

/** What a chart shows, for those who do not see it. */
export function chartDescription({ title, unit, lines }: Titled): string {
  const ranges = lines.map(({ name, values }) => {
    let [lowest, highest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const value of values) {
      if (value === null) continue;
      lowest = Math.min(lowest, value);
      highest = Math.max(highest, value);
    }
    return `${name} from ${valueIn(unit, lowest)} to ${valueIn(unit, highest)}`;
  });
  return `${title} over time: ${ranges.join('; ')}. The table below has every value.`;
}

/** Its values, second by second; of a very long run the highest of several. */
export function chartTable({ title, unit, lines }: Titled, seconds: number): HTMLElement {
  const width = Math.max(1, Math.ceil(seconds / LONGEST_TABLE));
  const series = lines.map(({ values }) => thinned(values, width));
  const rows = Array.from({ length: Math.ceil(seconds / width) }, (_, i) => ({
    head: timeOf(i * width),
    cells: series.map((values) => valueIn(unit, values[i])),
  }));
  const caption = width === 1 ? `${title}, each second` : `${title}, the highest of each ${width} seconds`;
  return table({
    caption,
    columns: columns(
      ['Time'],
      lines.map(({ name }) => name),
    ),
    rows,
    className: 'long',
  });
}
