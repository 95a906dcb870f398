import { BasicPlatform, Chart, type ChartConfiguration } from 'chart.js';
import { type Colours, lineColour } from '../colours.ts';
import type { LegendItem } from '../legend.ts';
import { SvgContext } from './svg-context.ts';

/** What stands above a chart that is saved. */
export interface Portrait {
  readonly title: string;
  readonly items: readonly LegendItem[];
  readonly colours: Colours;
}

/** A chart as it is on the page, under its title and its legend. */
export function pngOf(canvas: HTMLCanvasElement, portrait: Portrait): Promise<Blob> {
  const { width, height, clientWidth, clientHeight } = canvas;
  const ratio = width / Math.max(1, clientWidth);
  const picture = document.createElement('canvas');
  Object.assign(picture, { width, height: height + HEAD * ratio });
  const ctx = picture.getContext('2d')!;
  ctx.scale(ratio, ratio);
  drawHead(ctx, portrait, clientWidth, clientHeight + HEAD);
  ctx.drawImage(canvas, 0, HEAD, clientWidth, clientHeight);
  return new Promise((resolve, reject) => {
    picture.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('The browser made no picture.'))), 'image/png');
  });
}

/** The same as lines and letters: the chart is drawn once more, by a context that takes them down. */
export function svgOf(config: ChartConfiguration<'line'>, width: number, height: number, portrait: Portrait): Blob {
  const whole = new SvgContext({ width, height: height + HEAD });
  drawHead(whole as unknown as CanvasRenderingContext2D, portrait, width, height + HEAD);
  const inner = new SvgContext({ width, height });
  const place = { getContext: () => inner, width, height, style: {} } as unknown as HTMLCanvasElement;
  const chart = new Chart(place, {
    ...config,
    // Lines are taken down only if they are drawn step by step, as they are where segments may differ.
    data: { datasets: config.data.datasets.map((set) => ({ ...set, segment: {} })) },
    platform: BasicPlatform,
    options: { ...config.options, responsive: false, devicePixelRatio: 1 },
  });
  const drawn = inner.getSvg();
  drawn.setAttribute('y', String(HEAD));
  whole.getSvg().append(drawn);
  const text = new XMLSerializer().serializeToString(whole.getSvg());
  chart.destroy();
  return new Blob([text], { type: 'image/svg+xml' });
}

/** Room for the title and the legend, px. */
const HEAD = 48;

function drawHead(ctx: CanvasRenderingContext2D, { title, items, colours }: Portrait, width: number, height: number) {
  ctx.fillStyle = colours.surface;
  ctx.fillRect(0, 0, width, height);
  ctx.fillStyle = colours.text;
  ctx.font = `600 14px ${colours.font}`;
  ctx.fillText(title, 8, 18);
  ctx.font = `12px ${colours.font}`;
  let x = 8;
  for (const { name, style, mark } of items) {
    ctx.fillStyle = mark === 'limit' ? colours.bad : lineColour(colours, style);
    const thick = mark === 'line' || mark === 'limit' ? 2 : 8;
    ctx.fillRect(x, 35 - thick / 2, 18, thick);
    ctx.fillStyle = colours.muted;
    ctx.fillText(name, x + 23, 39);
    x += 40 + ctx.measureText(name).width;
  }
}
