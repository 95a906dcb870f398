import {
  Chart,
  type ChartConfiguration,
  type ChartDataset,
  Filler,
  LinearScale,
  LineController,
  LineElement,
  LogarithmicScale,
  type Plugin,
  type Point,
  PointElement,
  Tooltip,
} from 'chart.js';
import type { Unit } from '../../../measure/metrics/metric-catalogue.ts';
import { valueIn } from '../../wording/quantities.ts';
import { tickIn, timeOf } from '../parts/format.ts';
import { isRound } from './axis-ticks.ts';
import { chartFont, tooltipLook } from './chart-style.ts';
import { type Colours, dashes, lineColour } from './colours.ts';
import { AXIS, type Band, namesHeight, PAD_RIGHT } from './layers/bands.ts';
import { columnBands } from './layers/column-bands.ts';
import { heatmapPlugin, heatRange, type Steps } from './layers/heatmap.ts';
import { type Limit, limitsPlugin } from './layers/limit-lines.ts';
import { columnsOf, END, lonePoints, MIDDLE, pointsOf, stackedPoints, type View } from './points.ts';
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
  /** What is shown of the run. */
  readonly stretch: Stretch;
}

export interface LineSpec {
  readonly unit: Unit;
  readonly lines: readonly Line[];
  /** Lines stand upon each other, as parts of a whole. */
  readonly stacked?: true;
  /** Of what the lines are percentiles. */
  readonly heat?: Steps;
  readonly limits?: readonly Limit[];
  /** What the axis of values is, as the reader has chosen; linear by default. */
  readonly scale?: 'linear' | 'logarithmic';
  /** How high the axis goes at the least, to be the same as in other charts. */
  readonly top?: number;
}

/**
 * Lines over the run's seconds, as Chart.js draws them on a canvas so many pixels wide. A value stands in the middle of its second, so that it lies inside its phase's band.
 * Colours are asked for at each update, so `update('none')` is enough when they change.
 */
export function lineChart(spec: LineSpec, shared: Shared, pixels: number): ChartConfiguration<'line'> {
  const { unit, lines, stacked, heat, limits = [], scale = 'linear', top } = spec;
  const { seconds, bands, colours, cursor, plugins, stretch } = shared;
  Chart.register(LineController, LineElement, PointElement, LinearScale, LogarithmicScale, Tooltip, Filler);
  const font = chartFont(colours());
  const view = { from: stretch.from - 1, to: stretch.to + 1, pixels };
  const data = dataOf(spec, view);
  const range = heat && heatRange(heat);
  const isWide = widthOf(spec, view) > 1;
  return {
    type: 'line',
    data: { datasets: lines.map((line, i) => dataset(line, data[i]!, { stacked, isWide, colours })) },
    plugins: [
      ...(heat ? [heatmapPlugin(heat, colours)] : []),
      ...(stacked ? [] : [columnBands(lines, colours)]),
      lonePoints,
      limitsPlugin(limits, colours),
      ...plugins,
    ],
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
          min: stretch.from,
          max: stretch.to,
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
          type: scale,
          stacked: stacked === true,
          ...(scale === 'linear'
            ? { beginAtZero: true, suggestedMax: Math.max(smallestTop[unit], top ?? 0, range?.high ?? 0) }
            : range && { min: range.low, max: Math.max(range.high, ...limits.map(({ value }) => value * 1.2)) }),
          grid: { color: () => colours().line },
          border: { display: false },
          // The same room for all, so that charts below each other share their seconds.
          afterFit: (scale) => {
            scale.width = Math.max(scale.width, AXIS);
          },
          ticks: {
            color: () => colours().muted,
            font,
            ...(scale === 'linear' ? { maxTicksLimit: 6 } : {}),
            ...(unit === '1' ? { precision: 0 } : {}),
            callback: (value) => (scale === 'linear' || isRound(+value) ? tickIn(unit, +value) : ''),
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
  };
}

/** Has a chart show a stretch of its run; it gets no more of its lines, since every point costs time. */
export function showStretch(chart: Chart<'line'>, spec: LineSpec, { from, to }: Stretch): void {
  const view = { from: from - 1, to: to + 1, pixels: chart.width };
  const isWide = widthOf(spec, view) > 1;
  for (const [i, points] of dataOf(spec, view).entries()) {
    const set = chart.data.datasets[i]!;
    set.data = points;
    set.borderWidth = widthOfLine(spec.stacked, isWide);
  }
  Object.assign(chart.options.scales!.x!, { min: from, max: to });
  chart.update('none');
}

/** How high an axis goes at the least, so that nothing much does not look like something. */
const smallestTop: Readonly<Record<Unit, number>> = { ms: 1, '1': 1, bytes: 1000, percent: 10, ratio: 0.1, '1/s': 1 };

interface Look {
  readonly stacked: true | undefined;
  readonly isWide: boolean;
  readonly colours: () => Colours;
}

function dataset({ name, style, isSampled }: Line, data: Point[], { stacked, isWide, colours }: Look) {
  const colour = () => lineColour(colours(), style);
  const set: ChartDataset<'line'> = {
    label: name,
    data,
    borderColor: colour,
    backgroundColor: stacked ? () => `${colour()}66` : colour,
    fill: stacked ? 'stack' : false,
    borderDash: [...dashes[style % dashes.length]!],
    borderWidth: widthOfLine(stacked, isWide),
    stepped: isSampled ? 'before' : false,
    borderJoinStyle: 'bevel',
    pointHitRadius: 0,
    pointRadius: 0,
    // Options that are the same for every point are worked out once; those that follow the scheme are not.
    pointBorderColor: 'transparent',
    pointBackgroundColor: 'transparent',
  };
  return set;
}

/** A band is drawn in place of a line whose points stand for several seconds. */
function widthOfLine(stacked: true | undefined, isWide: boolean): number {
  if (!isWide) return 2;
  return stacked ? 1 : 0;
}

function dataOf({ lines, stacked }: LineSpec, view: View): Point[][] {
  if (!stacked) return lines.map(({ values, isSampled }) => pointsOf(values, view, isSampled ? END : MIDDLE));
  const at = lines.some(({ isSampled }) => isSampled) ? END : MIDDLE;
  const series = lines.map(({ values }) => values);
  return stackedPoints(series, view, at);
}

/** How many seconds a point stands for. */
function widthOf({ lines }: LineSpec, view: View): number {
  return columnsOf(Math.max(0, ...lines.map(({ values }) => values.length)), view).width;
}

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
