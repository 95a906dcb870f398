import type { Chart } from 'chart.js';
import type { Unit } from '../../measure/catalogue.ts';
import type { RunRecord } from '../../measure/run-record.ts';
import { type Band, bandsOf, bandsPlugin } from './bands.ts';
import { type Colours, readColours, watchColours } from './colours.ts';
import { el, folded } from './dom.ts';
import { timeOf, valueIn } from './format.ts';
import { legend } from './legend.ts';
import { lineChart } from './line-chart.ts';
import { type Line, thinned } from './reading.ts';
import { columns, table } from './table.ts';

export interface ChartSpec {
  readonly title: string;
  readonly unit: Unit;
  readonly lines: readonly Line[];
  readonly size?: 'tall';
}

/** Rows of a chart's table at the most. */
const LONGEST_TABLE = 3600;

/** Width and height of a chart on paper, px. */
const PAPER = [660, 230] as const;

/** The charts of a page: they share the run's seconds and bands, and follow the reader's colour scheme. */
export class Charts {
  readonly #seconds: number;
  readonly #bands: readonly Band[];
  readonly #waiting: (() => void)[] = [];
  readonly #drawn: Chart[] = [];
  #colours: Colours = readColours();

  constructor(record: RunRecord) {
    this.#seconds = record.timeline.seconds;
    this.#bands = bandsOf(record);
  }

  /** A chart with its title, its legend and the table behind it; a sentence where there is nothing to draw. */
  figure(spec: ChartSpec): HTMLElement {
    const lines = spec.lines.filter(({ values }) => values.some((value) => value !== null));
    const title = el('h3', '', spec.title);
    if (lines.length === 0) return el('div', 'figure', title, el('p', 'nothing', 'Nothing was seen.'));
    const canvas = el('canvas', '');
    canvas.setAttribute('role', 'img');
    canvas.setAttribute('aria-label', described(spec, lines));
    let chart: Chart | undefined;
    this.#waiting.push(() => {
      const plugin = bandsPlugin(this.#bands, () => this.#colours);
      const shared = { seconds: this.#seconds, bands: this.#bands, colours: () => this.#colours, plugin };
      chart = lineChart(canvas, spec.unit, lines, shared);
      this.#drawn.push(chart);
    });
    const names = legend(lines, (line, shown) => {
      chart?.setDatasetVisibility(line, shown);
      chart?.update('none');
    });
    const height = spec.size === 'tall' ? 'chart tall' : 'chart';
    const numbers = folded('Table', `of ${spec.title}`, () => this.#table(spec, lines));
    return el('div', 'figure', title, names, el('div', height, canvas), numbers);
  }

  /** Draws what was put on the page; once it is there, since a chart takes its size from its place. */
  draw(): void {
    for (const draw of this.#waiting.splice(0)) draw();
    watchColours((medium) => {
      this.#colours = readColours();
      for (const chart of this.#drawn) {
        chart.update('none');
        if (medium === 'print') chart.resize(...PAPER);
        else chart.resize();
      }
    });
  }

  #table({ title, unit }: ChartSpec, lines: readonly Line[]): HTMLElement {
    const width = Math.max(1, Math.ceil(this.#seconds / LONGEST_TABLE));
    const series = lines.map(({ values }) => thinned(values, width));
    const rows = Array.from({ length: Math.ceil(this.#seconds / width) }, (_, i) => ({
      head: timeOf(i * width),
      cells: series.map((values) => valueIn(unit, values[i])),
    }));
    const caption = width === 1 ? `${title}, each second` : `${title}, the highest of each ${width} seconds`;
    return table({
      caption,
      columns: columns(
        ['Time'],
        lines.map(({ name }) => name),
      ),
      rows,
      className: 'long',
    });
  }
}

function described({ title, unit }: ChartSpec, lines: readonly Line[]): string {
  const ranges = lines.map(({ name, values }) => {
    let [lowest, highest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const value of values) {
      if (value === null) continue;
      lowest = Math.min(lowest, value);
      highest = Math.max(highest, value);
    }
    return `${name} from ${valueIn(unit, lowest)} to ${valueIn(unit, highest)}`;
  });
  return `${title} over time: ${ranges.join('; ')}. The table below has every value.`;
}
