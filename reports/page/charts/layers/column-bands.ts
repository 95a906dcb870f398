import type { Plugin } from 'chart.js';
import { type Colours, lineColour } from '../colours.ts';
import { columnRanges } from '../points.ts';
import type { Line } from '../series.ts';

/** Draws lines of long stretches as bands, from the lowest to the highest of each column: as lines they would be a hatching. */
export function columnBands(lines: readonly Line[], colours: () => Colours): Plugin<'line'> {
  return {
    id: 'columnBands',
    beforeDatasetsDraw(chart) {
      const { ctx, chartArea, width } = chart;
      const { x, y } = chart.scales;
      if (!x || !y) return;
      const view = { from: Math.floor(x.min), to: Math.ceil(x.max), pixels: width };
      ctx.save();
      ctx.beginPath();
      ctx.rect(chartArea.left, chartArea.top, chartArea.width, chartArea.height);
      ctx.clip();
      for (const [i, { values, style }] of lines.entries()) {
        if (!chart.isDatasetVisible(i)) continue;
        ctx.fillStyle = lineColour(colours(), style);
        for (const run of unbroken(columnRanges(values, view))) {
          ctx.beginPath();
          for (const { x: at, high } of run) ctx.lineTo(x.getPixelForValue(at), y.getPixelForValue(high) - THICK);
          for (const { x: at, low } of run.toReversed())
            ctx.lineTo(x.getPixelForValue(at), y.getPixelForValue(low) + THICK);
          ctx.globalAlpha = 0.55;
          ctx.fill();
        }
      }
      ctx.restore();
    },
  };
}

/** A band is seen where it has no height, too; px. */
const THICK = 0.75;

/** The parts of a band between its gaps. */
function unbroken<T extends { readonly low: number; readonly high: number }>(ranges: readonly T[]): T[][] {
  const runs: T[][] = [[]];
  for (const range of ranges) {
    if (range.low > range.high) runs.push([]);
    else runs.at(-1)!.push(range);
  }
  return runs.filter((run) => run.length > 0);
}
