import type { Plugin, Point } from 'chart.js';
import type { Series } from './series.ts';

/** Width of a column at the least, px: half of it takes four times as long to draw, and shows no more. */
const COLUMN = 4;

/** Where in its second a value stands: what is counted over the second in its middle, what is sampled at its end. */
export const MIDDLE = 0.5;
export const END = 1;

/** The lowest and the highest of each column of a long stretch, for a band; empty where every second has a point of its own. */
export function columnRanges(values: Series, view: View): { x: number; low: number; high: number }[] {
  const { first, end, width } = columnsOf(values.length, view);
  if (width === 1) return [];
  const ranges: { x: number; low: number; high: number }[] = [];
  for (let start = first - (first % width); start < end; start += width) {
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let i = Math.max(start, first); i < Math.min(start + width, end); i++) {
      const value = values[i];
      if (typeof value !== 'number') continue;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
    ranges.push({ x: start + width / 2, low, high });
  }
  return ranges;
}

/** Which of a run's seconds a chart shows, and how wide it is, px. */
export interface View {
  readonly from: number;
  readonly to: number;
  readonly pixels: number;
}

/**
 * The points of a series that a chart shows, each in the middle of its second. A long stretch is drawn in columns of
 * several seconds: the lowest and the highest of each, in their order, and a gap where any of them has none.
 */
export function pointsOf(values: Series, view: View, at = MIDDLE): Point[] {
  const { first, end, width } = columnsOf(values.length, view);
  const points: Point[] = [];
  // Columns begin at the same seconds wherever the stretch does, lest the line tremble when it moves.
  for (let start = first - (first % width); start < end; start += width) {
    let [low, high, gap] = [-1, -1, -1];
    for (let i = Math.max(start, first); i < Math.min(start + width, end); i++) {
      const value = values[i] ?? null;
      if (value === null) gap = i;
      else {
        if (low < 0 || value < values[low]!) low = i;
        if (high < 0 || value > values[high]!) high = i;
      }
    }
    const found = [low, high, gap].filter((i) => i >= 0).sort((a, b) => a - b);
    for (const [k, i] of found.entries()) if (i !== found[k - 1]) points.push(pointAt(values, i, at));
  }
  return points;
}

/**
 * As {@link pointsOf}, of series that stand upon each other: they need points at the same seconds. Of a column it is the
 * second in which most is otherwise than in the column before.
 */
export function stackedPoints(series: readonly Series[], view: View, at = MIDDLE): Point[][] {
  const { first, end, width } = columnsOf(Math.max(0, ...series.map(({ length }) => length)), view);
  const seconds: number[] = [];
  for (let start = first - (first % width); start < end; start += width) {
    const before = seconds.at(-1) ?? Math.max(start, first);
    const otherwise = (at: number) =>
      series.reduce((sum, values) => sum + Math.abs((values[at] ?? 0) - (values[before] ?? 0)), 0);
    let most = Math.max(start, first);
    for (let at = most + 1; at < Math.min(start + width, end); at++) if (otherwise(at) > otherwise(most)) most = at;
    seconds.push(most);
  }
  return series.map((values) => seconds.map((second) => pointAt(values, second, at)));
}

/** The seconds from `first` to `end` that are shown of so many, in columns so many seconds wide. */
export function columnsOf(seconds: number, { from, to, pixels }: View) {
  const [first, end] = [Math.max(0, from), Math.min(seconds, to)];
  return { first, end, width: Math.max(1, Math.ceil((end - first) / Math.max(1, pixels / COLUMN))) };
}

/** The index of the point with a value nearest to `x`, of points in its order; -1 where there is none near. */
export function nearestPoint(points: readonly Point[], x: number): number {
  let [low, high] = [0, points.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (points[middle]!.x! <= x) low = middle;
    else high = middle;
  }
  const around = [low, high, low - 1, high + 1].filter((i) => typeof points[i]?.y === 'number');
  const distance = (i: number) => Math.abs(points[i]!.x! - x);
  return around.sort((a, b) => distance(a) - distance(b))[0] ?? -1;
}

/** Draws values that stand between two gaps: they have no line, and would not be seen. */
export const lonePoints: Plugin<'line'> = {
  id: 'lonePoints',
  afterDatasetsDraw(chart) {
    const { ctx, chartArea } = chart;
    for (const { data: elements, index } of chart.getSortedVisibleDatasetMetas()) {
      const { data, borderColor } = chart.data.datasets[index]!;
      ctx.fillStyle = (borderColor as unknown as () => string)();
      for (const [i, { x, y }] of elements.entries()) {
        if (!isAlone(data as Point[], i) || x < chartArea.left || x > chartArea.right) continue;
        ctx.beginPath();
        ctx.arc(x, y, 2.5, 0, 2 * Math.PI);
        ctx.fill();
      }
    }
  },
};

function isAlone(points: readonly Point[], at: number): boolean {
  const has = (i: number) => typeof points[i]?.y === 'number';
  return has(at) && !has(at - 1) && !has(at + 1);
}

function pointAt(values: Series, second: number, at: number): Point {
  return { x: second + at, y: values[second] ?? null };
}
