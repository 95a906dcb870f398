import type { Chart, Plugin } from 'chart.js';
import { latencyStepStart } from '../../../../measure/statistics/latency-steps.ts';
import { type Colours, lineColour } from '../colours.ts';
import { columnsOf } from '../points.ts';

/** By second: the number of the first step with samples, then the samples of each from there on. */
export type Steps = readonly (readonly number[])[];

/** Draws how many samples lie in each step of each second, behind the lines: the more, the darker. */
export function heatmapPlugin(steps: Steps, colours: () => Colours): Plugin<'line'> {
  return {
    id: 'heatmap',
    beforeDatasetsDraw(chart) {
      const { x, y } = chart.scales;
      if (!x || !y) return;
      const { ctx, chartArea } = chart;
      const columns = columnsIn(chart, steps);
      const most = Math.log1p(Math.max(1, ...columns.flatMap(({ counts }) => [...counts.values()])));
      ctx.save();
      ctx.beginPath();
      ctx.rect(chartArea.left, chartArea.top, chartArea.width, chartArea.height);
      ctx.clip();
      ctx.fillStyle = lineColour(colours(), HEAT_STYLE);
      for (const { from, to, counts } of columns) {
        const [left, right] = [x.getPixelForValue(from), x.getPixelForValue(to)];
        for (const [step, count] of counts) {
          ctx.globalAlpha = FAINTEST + (STRONGEST - FAINTEST) * (Math.log1p(count) / most);
          const top = y.getPixelForValue(latencyStepStart(step + 1));
          const bottom = y.getPixelForValue(Math.max(latencyStepStart(step), y.min));
          ctx.fillRect(left, top, Math.max(1, right - left), bottom - top);
        }
      }
      ctx.restore();
    },
  };
}

/** The lowest and the highest latency that the steps have, ms; undefined without any. */
export function heatRange(steps: Steps): { readonly low: number; readonly high: number } | undefined {
  const some = steps.filter(({ length }) => length > 1);
  if (some.length === 0) return undefined;
  const first = some.reduce((least, [step]) => Math.min(least, step!), Number.POSITIVE_INFINITY);
  const last = some.reduce((most, [step, ...counts]) => Math.max(most, step! + counts.length), 0);
  return { low: latencyStepStart(first), high: latencyStepStart(last) };
}

/** Which of the lines' colours the heatmap has. */
export const HEAT_STYLE = 0;

/** How opaque a step with one sample is, and the one with the most. */
const FAINTEST = 0.1;
const STRONGEST = 0.75;

interface Column {
  readonly from: number;
  readonly to: number;
  /** By step. */
  readonly counts: ReadonlyMap<number, number>;
}

/** The seconds that are shown, several of them together where they are many; gaps stay gaps. */
function columnsIn({ scales, width: pixels }: Chart<'line'>, steps: Steps): Column[] {
  const view = { from: Math.floor(scales.x!.min), to: Math.ceil(scales.x!.max), pixels };
  const { first, end, width } = columnsOf(steps.length, view);
  const columns: Column[] = [];
  for (let start = first - (first % width); start < end; start += width) {
    const counts = new Map<number, number>();
    for (let second = Math.max(first, start); second < Math.min(end, start + width); second++) {
      const [step = 0, ...found] = steps[second]!;
      for (const [i, count] of found.entries()) {
        if (count > 0) counts.set(step + i, (counts.get(step + i) ?? 0) + count);
      }
    }
    if (counts.size > 0) columns.push({ from: start, to: Math.min(end, start + width), counts });
  }
  return columns;
}
