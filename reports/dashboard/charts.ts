import type { Chart } from 'chart.js';
import type { Unit } from '../../measure/catalogue.ts';
import type { RunRecord } from '../../measure/run-record.ts';
import { type Band, bandsOf, bandsPlugin } from './bands.ts';
import { type Colours, readColours } from './colours.ts';
import { crosshair, handleKeys, handlePointer, pointAt } from './crosshair.ts';
import { el, folded } from './dom.ts';
import { timeOf, valueIn } from './format.ts';
import { legend } from './legend.ts';
import { lineChart, showStretch } from './line-chart.ts';
import { type Curve, ninesChart, ninesTable } from './nines-chart.ts';
import { type Line, thinned } from './reading.ts';
import { columns, table } from './table.ts';
import { type Stretch, shownOf, type TimeView } from './time-view.ts';

export interface ChartSpec {
  readonly title: string;
  readonly unit: Unit;
  readonly lines: readonly Line[];
  readonly size?: 'tall';
  /** Lines stand upon each other, as parts of a whole. */
  readonly stacked?: true;
}

/** Rows of a chart's table at the most. */
const LONGEST_TABLE = 3600;

/** Width and height of a chart on paper, px. */
const PAPER = [660, 230] as const;

/** The charts of a run: they share its seconds and bands, the stretch shown, the cursor, and the reader's colours. */
export class Charts {
  /** Says to those who listen what the cursor points at. */
  readonly voice = el('p', 'unseen');
  readonly #time: TimeView;
  readonly #seconds: number;
  readonly #bands: readonly Band[];
  readonly #waiting: (() => Chart)[] = [];
  readonly #drawn: Chart[] = [];
  readonly #timed: { readonly chart: Chart; readonly lines: readonly Line[] }[] = [];
  readonly #stopWatching: () => void;
  #shown: Stretch | null = null;
  #colours: Colours = readColours();

  constructor(record: RunRecord, time: TimeView) {
    this.#time = time;
    this.#seconds = record.timeline.seconds;
    this.#bands = bandsOf(record);
    this.voice.setAttribute('role', 'status');
    this.#stopWatching = time.watch(() => this.#follow());
  }

  /** A chart over time with its title, its legend and the table behind it; a sentence where there is nothing to draw. */
  figure(spec: ChartSpec): HTMLElement {
    const lines = spec.lines.filter(({ values }) => values.some((value) => value !== null));
    if (lines.length === 0) return empty(spec.title);
    let chosen: Stretch | null = null;
    const draw = (canvas: HTMLCanvasElement, holder: HTMLElement) => {
      const colours = () => this.#colours;
      const plugins = [bandsPlugin(this.#bands, colours), crosshair(this.#time, () => chosen, colours)];
      const shared = { seconds: this.#seconds, bands: this.#bands, colours, plugins };
      const chart = lineChart(canvas, spec, lines, shared);
      this.#timed.push({ chart, lines });
      if (this.#time.stretch) showStretch(chart, lines, shownOf(this.#time.stretch, this.#seconds));
      const handling = {
        time: this.#time,
        seconds: () => this.#seconds,
        choose: (stretch: Stretch | null) => {
          chosen = stretch;
          chart.draw();
        },
        say: () => this.#say(spec, lines),
      };
      handlePointer(canvas, chart, handling);
      handleKeys(holder, handling);
      return chart;
    };
    const { figure, holder } = this.#mount(spec.title, described(spec, lines), lines, draw, () =>
      this.#table(spec, lines),
    );
    holder.tabIndex = 0;
    holder.setAttribute('role', 'group');
    holder.setAttribute('aria-label', `${spec.title}: arrows move the cursor, + and - zoom, Escape shows all`);
    if (spec.size === 'tall') holder.classList.add('tall');
    return figure;
  }

  /** Percentiles over an axis of nines; `marks` are points without a line. */
  nines(title: string, curves: readonly Curve[], about: string): HTMLElement {
    if (curves.length === 0) return empty(title);
    const draw = (canvas: HTMLCanvasElement) => ninesChart(canvas, curves, () => this.#colours);
    return this.#mount(title, about, curves, draw, () => ninesTable(title, curves)).figure;
  }

  /** Draws what was put on the page; once it is there, since a chart takes its size from its place. */
  draw(): void {
    for (const draw of this.#waiting.splice(0)) this.#drawn.push(draw());
    if (this.#time.cursor !== null) this.#follow();
  }

  /** Takes the colours in force, and the size of the medium. */
  recolour(medium: 'screen' | 'print'): void {
    this.#colours = readColours();
    for (const chart of this.#drawn) {
      chart.update('none');
      if (medium === 'print') chart.resize(...PAPER);
      else chart.resize();
    }
  }

  close(): void {
    this.#stopWatching();
    this.#timed.splice(0);
    for (const chart of this.#drawn.splice(0)) chart.destroy();
  }

  #mount(
    title: string,
    label: string,
    names: readonly Pick<Line, 'name' | 'style'>[],
    draw: (canvas: HTMLCanvasElement, holder: HTMLElement) => Chart,
    numbers: () => Node,
  ) {
    const canvas = el('canvas', '');
    canvas.setAttribute('role', 'img');
    canvas.setAttribute('aria-label', label);
    const holder = el('div', 'chart', canvas);
    let chart: Chart | undefined;
    this.#waiting.push(() => {
      chart = draw(canvas, holder);
      return chart;
    });
    const buttons = legend(names, (line, shown) => {
      chart?.setDatasetVisibility(line, shown);
      chart?.update('none');
    });
    const figure = el('div', 'figure', el('h3', '', title), buttons, holder, folded('Table', `of ${title}`, numbers));
    return { figure, holder };
  }

  /** Shows what the page looks at, in every chart over time. */
  #follow(): void {
    const { stretch, cursor } = this.#time;
    const moved = stretch !== this.#shown;
    this.#shown = stretch;
    for (const { chart, lines } of this.#timed) {
      if (moved) showStretch(chart, lines, shownOf(stretch, this.#seconds));
      pointAt(chart, cursor);
    }
  }

  #say({ unit }: ChartSpec, lines: readonly Line[]): void {
    const at = this.#time.cursor;
    if (at === null) return;
    const values = lines.map(({ name, values }) => `${name} ${valueIn(unit, values[at])}`);
    this.voice.textContent = `${timeOf(at)}: ${values.join(', ')}`;
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

function empty(title: string): HTMLElement {
  return el('div', 'figure', el('h3', '', title), el('p', 'nothing', 'Nothing was seen.'));
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
