import {
  Chart,
  type ChartDataset,
  Decimation,
  Filler,
  LinearScale,
  LineController,
  LineElement,
  type Plugin,
  type Point,
  PointElement,
  Tooltip,
} from 'chart.js';
import type { Unit } from '../../measure/catalogue.ts';
import { AXIS, type Band, namesHeight, PAD_RIGHT } from './bands.ts';
import { type Colours, dashes } from './colours.ts';
import { tickIn, timeOf, valueIn } from './format.ts';
import { chartFont, tooltipLook } from './look.ts';
import type { Line, Series } from './reading.ts';
import type { Stretch } from './time-view.ts';

/** What the charts of a run have in common. */
export interface Shared {
  readonly seconds: number;
  readonly bands: readonly Band[];
  readonly colours: () => Colours;
  readonly plugins: Plugin<'line'>[];
}

interface Spec {
  readonly unit: Unit;
  readonly stacked?: true;
}

/**
 * Draws lines over the run's seconds. A value stands in the middle of its second, so that it lies inside its phase's band.
 * Colours are asked for at each update, so `update('none')` is enough when they change.
 */
export function lineChart(canvas: HTMLCanvasElement, spec: Spec, lines: readonly Line[], shared: Shared): Chart {
  const { unit, stacked = false } = spec;
  const { seconds, bands, colours, plugins } = shared;
  Chart.register(LineController, LineElement, PointElement, LinearScale, Tooltip, Decimation, Filler);
  const font = chartFont(colours());
  return new Chart<'line'>(canvas, {
    type: 'line',
    data: { datasets: lines.map((line) => dataset(line, colours, seconds > 600 ? 1.25 : 2, stacked)) },
    plugins,
    options: {
      animation: false,
      parsing: false,
      normalized: true,
      responsive: true,
      maintainAspectRatio: false,
      layout: { padding: ({ chart }) => ({ top: namesHeight(bands, seconds, chart.width), right: PAD_RIGHT }) },
      // The page points at a second, in all charts at once.
      events: [],
      scales: {
        x: {
          type: 'linear',
          min: 0,
          max: seconds,
          grid: { display: false },
          border: { display: false },
          ticks: {
            color: () => colours().muted,
            font,
            maxRotation: 0,
            autoSkipPadding: 16,
            includeBounds: false,
            stepSize: stepOf(seconds),
            callback: (value) => timeOf(Number(value)),
          },
        },
        y: {
          stacked,
          beginAtZero: true,
          suggestedMax: smallestTop[unit],
          grid: { color: () => colours().line },
          border: { display: false },
          // The same room for all, so that charts below each other share their seconds.
          afterFit: (scale) => {
            scale.width = Math.max(scale.width, AXIS);
          },
          ticks: {
            color: () => colours().muted,
            font,
            maxTicksLimit: 6,
            ...(unit === '1' ? { precision: 0 } : {}),
            callback: (value) => tickIn(unit, Number(value)),
          },
        },
      },
      plugins: {
        decimation: { enabled: true, algorithm: 'min-max', threshold: 1000 },
        tooltip: {
          ...tooltipLook(colours),
          mode: 'index',
          intersect: false,
          callbacks: {
            title: ([item]) => momentOf(item?.parsed.x ?? 0, bands),
            label: ({ dataset: { label }, parsed }) => ` ${label}: ${valueIn(unit, parsed.y)}`,
            labelColor: ({ datasetIndex }) => ({
              borderColor: lineColour(colours(), lines[datasetIndex]!.style),
              backgroundColor: lineColour(colours(), lines[datasetIndex]!.style),
            }),
          },
        },
      },
    },
  });
}

/** Has a chart show a stretch of its run; it gets no more of its lines, since every point costs time. */
export function showStretch(chart: Chart, lines: readonly Line[], { from, to }: Stretch): void {
  for (const [i, { values }] of lines.entries()) chart.data.datasets[i]!.data = pointsOf(values, from - 1, to + 1);
  const x = chart.options.scales!.x as { min: number; max: number; ticks: { stepSize: number } };
  x.min = from;
  x.max = to;
  x.ticks.stepSize = stepOf(to - from);
  chart.update('none');
}

/** How high an axis goes at the least, so that nothing much does not look like something. */
const smallestTop: Readonly<Record<Unit, number>> = { ms: 1, '1': 1, bytes: 1000, percent: 10, ratio: 0.1, '1/s': 1 };

function dataset({ name, values, style }: Line, colours: () => Colours, width: number, stacked: boolean) {
  const colour = () => lineColour(colours(), style);
  const set: ChartDataset<'line'> = {
    label: name,
    data: pointsOf(values, 0, values.length),
    borderColor: colour,
    backgroundColor: stacked ? () => `${colour()}66` : colour,
    fill: stacked ? 'stack' : false,
    borderDash: [...dashes[style % dashes.length]!],
    borderWidth: width,
    borderJoinStyle: 'round',
    pointHitRadius: 0,
    pointHoverRadius: 3.5,
    pointBorderWidth: 0,
    pointRadius: ({ dataset, dataIndex }) => (isAlone(dataset.data, dataIndex) ? 2.5 : 0),
  };
  return set;
}

/** The points of a line in a stretch of its run. */
function pointsOf(values: Series, from: number, to: number): Point[] {
  const first = Math.max(0, from);
  return values.slice(first, to).map((y, i) => ({ x: first + i + 0.5, y }));
}

/** A value between two gaps has no line: it needs a point to be seen. */
function isAlone(data: readonly unknown[], index: number): boolean {
  const has = (i: number) => typeof (data[i] as Point | undefined)?.y === 'number';
  return has(index) && !has(index - 1) && !has(index + 1);
}

function lineColour({ lines }: Colours, style: number): string {
  return lines[style % lines.length]!;
}

/** Steps of a time axis that a clock would have, ten of them or fewer. */
function stepOf(seconds: number): number {
  const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400];
  return steps.find((step) => seconds / step <= 12) ?? 28_800;
}

function momentOf(x: number, bands: readonly Band[]): string {
  const names = bands.filter(({ from, to }) => from <= x && x < to).map(({ name }) => name);
  return [timeOf(Math.floor(x)), ...names].join(' · ');
}
