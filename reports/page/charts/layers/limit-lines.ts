import type { Plugin } from 'chart.js';
import type { Colours } from '../colours.ts';

/** A value that must not be passed, with the name that a reader sees. */
export interface Limit {
  readonly name: string;
  readonly value: number;
}

/** Draws limits as dashed lines across the plot, each with its name; those out of the scale are not drawn. */
export function limitsPlugin(limits: readonly Limit[], colours: () => Colours): Plugin<'line'> {
  return {
    id: 'limits',
    afterDatasetsDraw({ ctx, chartArea: { left, right, top, bottom }, scales: { y } }) {
      if (!y) return;
      const { bad, surface, font } = colours();
      ctx.save();
      ctx.font = `11px ${font}`;
      ctx.textAlign = 'right';
      ctx.textBaseline = 'bottom';
      for (const { name, value } of limits) {
        const at = y.getPixelForValue(value);
        if (at < top || at > bottom) continue;
        ctx.strokeStyle = bad;
        ctx.setLineDash([6, 4]);
        ctx.beginPath();
        ctx.moveTo(left, at);
        ctx.lineTo(right, at);
        ctx.stroke();
        ctx.fillStyle = surface;
        const width = ctx.measureText(name).width;
        const label = at - 14 < top ? at + 15 : at - 2;
        ctx.fillRect(right - width - 5, label - 12, width + 4, 13);
        ctx.fillStyle = bad;
        ctx.fillText(name, right - 3, label);
      }
      ctx.restore();
    },
  };
}
