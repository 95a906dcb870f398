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
import type { Unit } from '../../../measure/metrics/metric-catalogue.ts';
import { plainNumber, valueIn } from '../../wording/quantities.ts';
import { columns, table } from '../parts/data-table.ts';
import { tickIn } from '../parts/format.ts';
import { chartFont, pointedAtByX, tooltipLook } from './chart-style.ts';
import { type Colours, dashes, lineColour } from './colours.ts';

/** What was measured at each load. */
export interface LoadCurve {
  readonly name: string;
  readonly style: number;
  readonly points: readonly (readonly [load: number, value: number])[];
}

export interface LoadChartSpec {
  readonly unit: Unit;
  /** What the load is counted in, such as `users`. */
  readonly load: string;
  /** How loads are spread along the axis; in a line by default. Where they are not, they alone are marked. */
  readonly scale?: 'logarithmic';
  readonly curves: readonly LoadCurve[];
  /** Loads by themselves, such as the highest that held. */
  readonly marks: readonly { readonly name: string; readonly at: number; readonly style: number }[];
}

/** Values against load, with an upright line at each mark. */
export function loadChart(spec: LoadChartSpec, colours: () => Colours): ChartConfiguration<'line'> {
  Chart.register(LineController, LineElement, PointElement, LinearScale, LogarithmicScale, Tooltip);
  const { unit, load, curves, marks } = spec;
  const font = chartFont(colours());
  const loads = loadsOf(curves);
  const highest = Math.max(...curves.flatMap(({ points }) => points.map(([, value]) => value)));
  const lines = [
    ...curves.map((curve) => dataset(curve, 3, colours)),
    ...marks.map(({ name, at, style }) =>
      dataset(
        {
          name,
          style,
          points: [
            [at, 0],
            [at, highest],
          ],
        },
        0,
        colours,
      ),
    ),
  ];
  const axis = { grid: { color: () => colours().line }, border: { display: false } };
  return {
    type: 'line',
    data: { datasets: lines },
    options: {
      ...pointedAtByX,
      scales: {
        x: {
          type: spec.scale ?? 'linear',
          ...axis,
          ...(spec.scale
            ? { afterBuildTicks: (own: { ticks: { value: number }[] }) => markLoads(own, loads) }
            : { beginAtZero: true }),
          ticks: {
            color: () => colours().muted,
            font,
            maxRotation: 0,
            maxTicksLimit: spec.scale ? loads.length : 8,
            callback: (value) => plainNumber(+value),
          },
        },
        y: {
          type: 'linear',
          beginAtZero: true,
          ...axis,
          ticks: { color: () => colours().muted, font, maxTicksLimit: 6, callback: (value) => tickIn(unit, +value) },
        },
      },
      plugins: {
        tooltip: {
          ...tooltipLook(colours),
          callbacks: {
            title: ([item]) => `${plainNumber(item?.parsed.x ?? 0)} ${load}`,
            label: ({ dataset: { label }, parsed }) => ` ${label}: ${valueIn(unit, parsed.y)}`,
          },
        },
      },
    },
  };
}

/** Every load that something was measured at. */
function loadsOf(curves: readonly LoadCurve[]): number[] {
  return [...new Set(curves.flatMap(({ points }) => points.map(([at]) => at)))].sort((a, b) => a - b);
}

function markLoads(axis: { ticks: { value: number }[] }, loads: readonly number[]): void {
  axis.ticks = loads.map((value) => ({ value }));
}

/** The values of every load. */
export function loadTable(title: string, { unit, load, curves }: LoadChartSpec): HTMLElement {
  const rows = loadsOf(curves).map((at) => ({
    head: plainNumber(at),
    cells: curves.map(({ points }) => valueIn(unit, points.find((point) => point[0] === at)?.[1])),
  }));
  const heads = curves.map(({ name }) => name);
  return table({ caption: title, columns: columns([load], heads), rows, className: 'long' });
}

function dataset({ name, style, points }: LoadCurve, radius: number, colours: () => Colours): ChartDataset<'line'> {
  const colour = () => lineColour(colours(), style);
  return {
    label: name,
    data: points.map(([x, y]) => ({ x, y })),
    borderColor: colour,
    backgroundColor: colour,
    borderDash: [...dashes[style % dashes.length]!],
    borderWidth: 2,
    pointRadius: radius,
    pointHoverRadius: radius + 1,
    pointBorderWidth: 0,
  };
}
