import type { Chart, Plugin, Point } from 'chart.js';
import { el } from '../../parts/elements.ts';
import { type Colours, lineColour } from '../colours.ts';
import { nearestPoint } from '../points.ts';
import type { Line } from '../series.ts';
import type { Stretch, TimeView } from '../time-view.ts';

interface Shown {
  readonly time: TimeView;
  readonly lines: readonly Line[];
  readonly colours: () => Colours;
}

/**
 * What is drawn over a chart: the second that is pointed at with the values there, and the stretch that is being chosen.
 * It has a canvas of its own, since lines take long to draw and need not be drawn again at each move.
 */
export class Overlay {
  readonly canvas = el('canvas', 'overlay');
  readonly #shown: Shown;
  #chosen: Stretch | null = null;
  #chart: Chart<'line'> | undefined;

  constructor(shown: Shown) {
    this.#shown = shown;
    this.canvas.setAttribute('aria-hidden', 'true');
  }

  /** Has the chart draw its values here, and this follow it. */
  get plugin(): Plugin<'line'> {
    return {
      id: 'overlay',
      beforeTooltipDraw: () => false,
      afterDraw: (chart) => {
        this.#chart = chart;
        this.#draw();
      },
      afterDestroy: () => {
        this.#chart = undefined;
      },
    };
  }

  /** Shows the values at the second that the page points at, or none. */
  point(): void {
    const { time, lines } = this.#shown;
    if (!this.#chart) return;
    const items = time.cursor === null ? [] : itemsAt(this.#chart, lines, time.cursor);
    this.#chart.tooltip?.setActiveElements(items, { x: 0, y: 0 });
    this.#draw();
  }

  /** Shows the stretch that is being chosen, null where none is. */
  choose(stretch: Stretch | null): void {
    this.#chosen = stretch;
    this.#draw();
  }

  #draw(): void {
    const ctx = this.canvas.getContext('2d');
    if (!this.#chart || !ctx) return;
    const { width, height, currentDevicePixelRatio: ratio } = this.#chart;
    if (this.canvas.width !== this.#chart.canvas.width || this.canvas.height !== this.#chart.canvas.height) {
      Object.assign(this.canvas, { width: this.#chart.canvas.width, height: this.#chart.canvas.height });
      Object.assign(this.canvas.style, { width: `${width}px`, height: `${height}px` });
    }
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    ctx.clearRect(0, 0, width, height);
    if (this.#chosen) drawStretch(ctx, this.#chart, this.#chosen, this.#shown.colours());
    if (this.#shown.time.cursor !== null) drawSecond(ctx, this.#chart, this.#shown.time.cursor, this.#shown);
  }
}

function drawStretch(
  ctx: CanvasRenderingContext2D,
  chart: Chart<'line'>,
  { from, to }: Stretch,
  colours: Colours,
): void {
  const { top, bottom } = chart.chartArea;
  ctx.globalAlpha = 0.18;
  ctx.fillStyle = lineColour(colours, 0);
  ctx.fillRect(inside(chart, from), top, inside(chart, to) - inside(chart, from), bottom - top);
  ctx.globalAlpha = 1;
}

function drawSecond(
  ctx: CanvasRenderingContext2D,
  chart: Chart<'line'>,
  second: number,
  { lines, colours }: Shown,
): void {
  const { top, bottom } = chart.chartArea;
  const x = chart.scales.x!;
  const middle = second + 0.5;
  if (middle < x.min || middle > x.max) return;
  ctx.fillStyle = colours().muted;
  ctx.fillRect(Math.round(inside(chart, middle)), top, 1, bottom - top);
  for (const { element, datasetIndex } of chart.tooltip?.getActiveElements() ?? []) {
    const line = lines[datasetIndex]!;
    ctx.fillStyle = lineColour(colours(), line.style);
    ctx.beginPath();
    ctx.arc(inside(chart, middle), heightOf(chart, element.y, line.values[second]), 3.5, 0, 2 * Math.PI);
    ctx.fill();
  }
  drawTooltip(chart, ctx);
}

/** What Chart.js does at the end of a drawing; its types leave it out. */
function drawTooltip({ tooltip }: Chart<'line'>, ctx: CanvasRenderingContext2D): void {
  (tooltip as unknown as { draw(ctx: CanvasRenderingContext2D): void } | undefined)?.draw(ctx);
}

function inside({ scales, chartArea }: Chart<'line'>, seconds: number): number {
  return Math.min(Math.max(scales.x!.getPixelForValue(seconds), chartArea.left), chartArea.right);
}

/** Where a value stands: a long run's nearest point may be another second's, unless lines stand upon each other. */
function heightOf({ scales }: Chart<'line'>, nearest: number, value: number | null | undefined): number {
  const y = scales.y!;
  const isStacked = 'stacked' in y.options && y.options.stacked === true;
  return isStacked ? nearest : y.getPixelForValue(value ?? Number.NaN);
}

function itemsAt(chart: Chart<'line'>, lines: readonly Line[], second: number) {
  const { min, max } = chart.scales.x!;
  const x = second + 0.5;
  if (x < min || x > max) return [];
  return chart.data.datasets.flatMap(({ data }, datasetIndex) => {
    const isThere = typeof lines[datasetIndex]!.values[second] === 'number' && chart.isDatasetVisible(datasetIndex);
    const index = isThere ? nearestPoint(data as Point[], x) : -1;
    return index >= 0 ? [{ datasetIndex, index }] : [];
  });
}
