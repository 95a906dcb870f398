import {
  Chart,
  type ChartConfiguration,
  type ChartDataset,
  LinearScale,
  LineController,
  LineElement,
  LogarithmicScale,
  PointElement,
  Tooltip,
} from 'chart.js';
import { valueIn } from '../../wording/quantities.ts';
import { columns, table } from '../parts/data-table.ts';
import { tickIn } from '../parts/format.ts';
import { isRound } from './axis-ticks.ts';
import { chartFont, pointedAtByX, tooltipLook } from './chart-style.ts';
import { type Colours, dashes, lineColour } from './colours.ts';

/** Percentiles of a distribution with the name that a reader sees; `points` stand without a line. */
export interface Curve {
  readonly name: string;
  readonly style: number;
  readonly points: readonly (readonly [percent: number, ms: number])[];
  readonly kind: 'line' | 'points';
}

/** Percentiles over a logarithmic axis of nines: each tenth of the rest is as wide as the one before. Values are logarithmic, too. */
export function ninesChart(curves: readonly Curve[], colours: () => Colours): ChartConfiguration<'line'> {
  Chart.register(LineController, LineElement, PointElement, LinearScale, LogarithmicScale, Tooltip);
  const font = chartFont(colours());
  const last = Math.max(...curves.flatMap(({ points }) => points.map(([percent]) => nines(percent))));
  return {
    type: 'line',
    data: { datasets: curves.map((curve) => dataset(curve, colours)) },
    options: {
      ...pointedAtByX,
      scales: {
        x: {
          type: 'linear',
          min: 0,
          max: Math.max(1, last),
          grid: { color: () => colours().line },
          border: { display: false },
          ticks: { color: () => colours().muted, font, maxRotation: 0, callback: (value) => `p${percentAt(+value)}` },
          afterBuildTicks: (scale) => {
            const places = named.map(nines).filter((value) => value < scale.max - CLOSEST);
            scale.ticks = [...places, scale.max].map((value) => ({ value }));
          },
        },
        y: {
          type: 'logarithmic',
          grid: { color: () => colours().line },
          border: { display: false },
          ticks: {
            color: () => colours().muted,
            font,
            callback: (value) => (isRound(+value) ? tickIn('ms', +value) : ''),
          },
        },
      },
      plugins: {
        tooltip: {
          ...tooltipLook(colours),
          callbacks: {
            title: ([item]) => `p${percentAt(item?.parsed.x ?? 0)}`,
            label: ({ dataset: { label }, parsed }) => ` ${label}: ${valueIn('ms', parsed.y)}`,
          },
        },
      },
    },
  };
}

/** Every percentile of the curves; a dash where too few messages are behind it. */
export function ninesTable(title: string, curves: readonly Curve[]): HTMLElement {
  const percents = [...new Set(curves.flatMap(({ points }) => points.map(([percent]) => percent)))];
  const rows = percents
    .sort((a, b) => a - b)
    .map((percent) => ({
      head: `p${percentAt(nines(percent))}`,
      cells: curves.map(({ points }) => valueIn('ms', points.find((point) => point[0] === percent)?.[1])),
    }));
  const names = curves.map(({ name }) => name);
  return table({ caption: `${title}, every step`, columns: columns(['Percentile'], names), rows, className: 'long' });
}

/** A logarithmic axis has no 0; histograms count in µs. */
const LOWEST_MS = 0.001;

/** The percentiles that have a place on the axis. */
const named = [0, 50, 90, 99, 99.9, 99.99];

/** How near a mark may be to the axis's end, which has one of its own; in nines. */
const CLOSEST = 0.2;

/** How many nines a percentile has: 1 for 90, 2 for 99, 3 for 99.9. */
function nines(percent: number): number {
  return -Math.log10(1 - percent / 100);
}

/** The percentile at a number of nines, with the digits that tell it from its neighbours. */
function percentAt(nines: number): string {
  const percent = 100 * (1 - 10 ** -nines);
  return String(Number(percent.toFixed(nines < 2 ? 1 : Math.ceil(nines))));
}

function dataset({ name, style, points, kind }: Curve, colours: () => Colours): ChartDataset<'line'> {
  const colour = () => lineColour(colours(), style);
  return {
    label: name,
    data: points.map(([percent, y]) => ({ x: nines(percent), y: Math.max(y, LOWEST_MS) })),
    showLine: kind === 'line',
    borderColor: colour,
    backgroundColor: colour,
    borderDash: [...dashes[style % dashes.length]!],
    borderWidth: 2,
    pointRadius: kind === 'line' ? 0 : 5,
    pointStyle: kind === 'line' ? 'circle' : 'rectRot',
    pointHoverRadius: kind === 'line' ? 3.5 : 6,
    pointBorderWidth: 0,
  };
}
