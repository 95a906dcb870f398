import {
  Chart,
  type ChartDataset,
  Filler,
  LinearScale,
  LineController,
  LineElement,
  type Plugin,
  type Point,
  PointElement,
  Tooltip,
} from 'chart.js';
import type { Unit } from '../../../measure/metrics/metric-catalogue.ts';
import { valueIn } from '../../wording/quantities.ts';
import { tickIn, timeOf } from '../format.ts';
import { AXIS, type Band, namesHeight, PAD_RIGHT } from './bands.ts';
import { chartFont, tooltipLook } from './chart-style.ts';
import { type Colours, dashes, lineColour } from './colours.ts';
import { lonePoints, pointsOf, stackedPoints, type View } from './points.ts';
import type { Line } from './series.ts';
import type { Stretch } from './time-view.ts';

/** What the charts of a run have in common. */
export interface Shared {
  readonly seconds: number;
  readonly bands: readonly Band[];
  readonly colours: () => Colours;
  /** The second pointed at. */
  readonly cursor: () => number | null;
  readonly plugins: readonly Plugin<'line'>[];
}

interface Spec {
  readonly unit: Unit;
  readonly lines: readonly Line[];
  /** Lines stand upon each other, as parts of a whole. */
  readonly stacked?: true;
}

/**
 * Draws lines over the run's seconds. A value stands in the middle of its second, so that it lies inside its phase's band.
 * Colours are asked for at each update, so `update('none')` is enough when they change.
 */
export function lineChart(canvas: HTMLCanvasElement, spec: Spec, shared: Shared): Chart {
  const { unit, lines, stacked } = spec;
  const { seconds, bands, colours, cursor, plugins } = shared;
  Chart.register(LineController, LineElement, PointElement, LinearScale, Tooltip, Filler);
  const font = chartFont(colours());
  const view = { from: 0, to: seconds, pixels: canvas.parentElement?.clientWidth ?? 0 };
  const data = dataOf(lines, stacked, view);
  return new Chart<'line'>(canvas, {
    type: 'line',
    data: { datasets: lines.map((line, i) => dataset(line, data[i]!, stacked, colours)) },
    plugins: [lonePoints, ...plugins],
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
            callback: (value) => timeOf(Number(value)),
          },
          afterBuildTicks: (scale) => {
            scale.ticks = clockTicks(scale.min, scale.max);
          },
        },
        y: {
          stacked: stacked === true,
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
        tooltip: {
          ...tooltipLook(colours),
          mode: 'index',
          intersect: false,
          callbacks: {
            title: () => momentOf(cursor() ?? 0, bands),
            label: ({ datasetIndex }) => {
              const { name, values } = lines[datasetIndex]!;
              return ` ${name}: ${valueIn(unit, values[cursor() ?? -1])}`;
            },
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
export function showStretch(chart: Chart, { lines, stacked }: Spec, { from, to }: Stretch): void {
  const view = { from: from - 1, to: to + 1, pixels: chart.width };
  for (const [i, points] of dataOf(lines, stacked, view).entries()) chart.data.datasets[i]!.data = points;
  Object.assign(chart.options.scales!.x!, { min: from, max: to });
  chart.update('none');
}

/** How high an axis goes at the least, so that nothing much does not look like something. */
const smallestTop: Readonly<Record<Unit, number>> = { ms: 1, '1': 1, bytes: 1000, percent: 10, ratio: 0.1, '1/s': 1 };

function dataset({ name, values, style }: Line, data: Point[], stacked: true | undefined, colours: () => Colours) {
  const colour = () => lineColour(colours(), style);
  const set: ChartDataset<'line'> = {
    label: name,
    data,
    borderColor: colour,
    backgroundColor: stacked ? () => `${colour()}66` : colour,
    fill: stacked ? 'stack' : false,
    borderDash: [...dashes[style % dashes.length]!],
    borderWidth: values.length > LONG_S ? 1.25 : 2,
    borderJoinStyle: 'bevel',
    pointHitRadius: 0,
    pointRadius: 0,
    // Options that are the same for every point are worked out once; those that follow the scheme are not.
    pointBorderColor: 'transparent',
    pointBackgroundColor: 'transparent',
  };
  return set;
}

function dataOf(lines: readonly Line[], stacked: true | undefined, view: View): Point[][] {
  const series = lines.map(({ values }) => values);
  return stacked ? stackedPoints(series, view) : series.map((values) => pointsOf(values, view));
}

/** From here on lines are thinner, s. */
const LONG_S = 600;

/** Where a clock would have its marks: a dozen or fewer. */
function clockTicks(from: number, to: number): { value: number }[] {
  const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400];
  const step = steps.find((seconds) => (to - from) / seconds <= 12) ?? 28_800;
  const first = Math.ceil(from / step);
  return Array.from({ length: Math.floor(to / step) - first + 1 }, (_, i) => ({ value: (first + i) * step }));
}

function momentOf(second: number, bands: readonly Band[]): string {
  const middle = second + 0.5;
  const names = bands.filter(({ from, to }) => from <= middle && middle < to).map(({ name }) => name);
  return [timeOf(second), ...names].join(' · ');
}
