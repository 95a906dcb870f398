import type { Chart, Plugin, Point } from 'chart.js';
import type { Colours } from './colours.ts';
import { type Stretch, scaled, shownOf, type TimeView } from './time-view.ts';

/**
 * Draws the second that is pointed at with the values there, and the stretch that is being chosen. Meanwhile the chart
 * under it is kept as a picture: an hour's lines take too long to be drawn at each move.
 */
export function crosshair(time: TimeView, chosen: () => Stretch | null, colours: () => Colours): Plugin<'line'> {
  let still: HTMLCanvasElement | undefined;
  const forget = () => {
    still = undefined;
  };
  return {
    id: 'crosshair',
    afterUpdate: forget,
    resize: forget,
    beforeDraw(chart) {
      if (time.cursor === null && chosen() === null) forget();
      if (!still) return true;
      const { ctx } = chart;
      ctx.save();
      ctx.resetTransform();
      ctx.clearRect(0, 0, still.width, still.height);
      ctx.drawImage(still, 0, 0);
      ctx.restore();
      drawOver(chart, time, chosen(), colours());
      drawTooltip(chart);
      return false;
    },
    afterDatasetsDraw(chart) {
      if (time.cursor === null && chosen() === null) return;
      still = copyOf(chart.canvas);
      drawOver(chart, time, chosen(), colours());
    },
  };
}

/** What Chart.js does at the end of a whole drawing; its types leave it out. */
function drawTooltip({ tooltip, ctx }: Chart): void {
  (tooltip as unknown as { draw(ctx: CanvasRenderingContext2D): void } | undefined)?.draw(ctx);
}

function copyOf(canvas: HTMLCanvasElement): HTMLCanvasElement {
  const copy = document.createElement('canvas');
  Object.assign(copy, { width: canvas.width, height: canvas.height });
  copy.getContext('2d')?.drawImage(canvas, 0, 0);
  return copy;
}

function drawOver(chart: Chart, time: TimeView, stretch: Stretch | null, colours: Colours): void {
  const { ctx, chartArea } = chart;
  const { top, bottom, left, right } = chartArea;
  const x = chart.scales.x!;
  const inside = (seconds: number) => Math.min(Math.max(x.getPixelForValue(seconds), left), right);
  ctx.save();
  if (stretch) {
    ctx.globalAlpha = 0.18;
    ctx.fillStyle = colours.lines[0]!;
    ctx.fillRect(inside(stretch.from), top, inside(stretch.to) - inside(stretch.from), bottom - top);
    ctx.globalAlpha = 1;
  }
  const at = time.cursor === null ? Number.NaN : time.cursor + 0.5;
  if (at > x.min && at < x.max) {
    ctx.fillStyle = colours.muted;
    ctx.fillRect(Math.round(inside(at)), top, 1, bottom - top);
  }
  for (const { element } of chart.tooltip?.getActiveElements() ?? []) {
    ctx.fillStyle = element.options.borderColor as string;
    ctx.beginPath();
    ctx.arc(element.x, element.y, 3.5, 0, 2 * Math.PI);
    ctx.fill();
  }
  ctx.restore();
}

/** Shows a chart's values at a second, or at none. */
export function pointAt(chart: Chart, second: number | null): void {
  const items = second === null ? [] : itemsAt(chart, second + 0.5);
  chart.tooltip?.setActiveElements(items, { x: 0, y: 0 });
  chart.draw();
}

function itemsAt(chart: Chart, x: number) {
  const { min, max } = chart.scales.x!;
  if (x < min || x > max) return [];
  return chart.data.datasets.flatMap(({ data }, datasetIndex) => {
    const index = nearest(data as Point[], x);
    const isThere = typeof (data[index] as Point | undefined)?.y === 'number' && chart.isDatasetVisible(datasetIndex);
    return isThere ? [{ datasetIndex, index }] : [];
  });
}

/** The nearest of points in the order of x; a long run's are thinned out. */
function nearest(points: readonly Point[], x: number): number {
  let [low, high] = [0, points.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (points[middle]!.x! <= x) low = middle;
    else high = middle;
  }
  return Math.abs(points[low]!.x! - x) <= Math.abs(points[high]!.x! - x) ? low : high;
}

export interface Handling {
  readonly time: TimeView;
  readonly seconds: () => number;
  /** The stretch that is being chosen has changed; null where it is done with. */
  readonly choose: (stretch: Stretch | null) => void;
  /** Somebody who may not see the chart has moved the cursor. */
  readonly say: () => void;
}

/** Lets a pointer choose a stretch of a chart by dragging, and point at its seconds; a double click shows all again. */
export function handlePointer(canvas: HTMLCanvasElement, chart: Chart, { time, seconds, choose }: Handling): void {
  let start: number | null = null;
  const secondAt = ({ offsetX }: PointerEvent) => {
    const value = chart.scales.x!.getValueForPixel(offsetX) ?? 0;
    const { from, to } = shownOf(time.stretch, seconds());
    return Math.min(Math.max(value, from), to);
  };
  const stop = () => {
    start = null;
    choose(null);
  };
  canvas.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    start = secondAt(event);
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener('pointermove', (event) => {
    const at = secondAt(event);
    time.point(Math.min(Math.floor(at), seconds() - 1));
    if (start !== null) choose({ from: Math.min(start, at), to: Math.max(start, at) });
  });
  canvas.addEventListener('pointerup', (event) => {
    if (start === null) return;
    const [from, to] = [start, secondAt(event)].sort((a, b) => a - b) as [number, number];
    stop();
    const pixels = chart.scales.x!.getPixelForValue(to) - chart.scales.x!.getPixelForValue(from);
    if (pixels >= FEWEST_PIXELS) time.zoom({ from, to });
  });
  canvas.addEventListener('pointercancel', stop);
  canvas.addEventListener('pointerleave', () => time.point(null));
  canvas.addEventListener('dblclick', () => time.zoom(null));
}

/** What moves less was a click. */
const FEWEST_PIXELS = 6;

/** The same by keyboard: arrows move the cursor, + and - zoom around it, Escape shows all again. */
export function handleKeys(element: HTMLElement, { time, seconds, choose, say }: Handling): void {
  element.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const shown = shownOf(time.stretch, seconds());
    const last = shown.to - 1;
    const cursor = time.cursor ?? Math.floor((shown.from + last) / 2);
    const move = (second: number) => {
      time.point(Math.min(Math.max(second, shown.from), last));
      say();
    };
    const step = event.shiftKey ? 10 : 1;
    const actions: Readonly<Record<string, () => void>> = {
      ArrowLeft: () => move(time.cursor === null ? last : cursor - step),
      ArrowRight: () => move(time.cursor === null ? shown.from : cursor + step),
      Home: () => move(shown.from),
      End: () => move(last),
      '+': () => time.zoom(scaled(shown, cursor + 0.5, 0.5, seconds())),
      '=': () => time.zoom(scaled(shown, cursor + 0.5, 0.5, seconds())),
      '-': () => time.zoom(scaled(shown, cursor + 0.5, 2, seconds())),
      Escape: () => {
        choose(null);
        time.point(null);
        time.zoom(null);
      },
    };
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });
  element.addEventListener('blur', () => time.point(null));
}
