import type { Chart } from 'chart.js';
import type { Unit } from '../../../measure/metrics/metric-catalogue.ts';
import type { RunRecord } from '../../../measure/run-record/run-record.ts';
import { valueIn } from '../../wording/quantities.ts';
import { columns, table } from '../data-table.ts';
import { el, folded } from '../elements.ts';
import { timeOf } from '../format.ts';
import { type Band, bandsOf, bandsPlugin } from './bands.ts';
import { handleKeys, handlePointer } from './chart-input.ts';
import { type Colours, readColours } from './colours.ts';
import { Drawing } from './lazy-chart.ts';
import { legend } from './legend.ts';
import { lineChart, showStretch } from './line-chart.ts';
import { Overlay } from './overlay.ts';
import { type Curve, ninesChart, ninesTable } from './percentile-chart.ts';
import { type Line, thinned } from './series.ts';
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

/** How far from what the reader sees a chart is drawn already, px, and how long after those that are seen, ms. */
const NEAR = 400;
const LATER_MS = 100;

/** The charts of a run: they share its seconds and bands, the stretch shown, the cursor, and the reader's colours. */
export class Charts {
  /** Says to those who listen what the cursor points at. */
  readonly voice = el('p', 'unseen');
  readonly #time: TimeView;
  readonly #seconds: number;
  readonly #bands: readonly Band[];
  readonly #drawings = new Map<Element, Drawing>();
  readonly #comings = new IntersectionObserver((seen) => this.#meet(seen), { rootMargin: `${NEAR}px 0px` });
  readonly #stopWatching: () => void;
  #later: ReturnType<typeof setTimeout> | undefined;
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
    const whole = { ...spec, lines };
    const { figure, holder } = this.#mount(whole, described(whole), this.#overTime(whole), () => this.#table(whole));
    holder.tabIndex = 0;
    holder.setAttribute('role', 'group');
    holder.setAttribute('aria-label', `${spec.title}: arrows move the cursor, + and - zoom, Escape shows all`);
    if (spec.size === 'tall') holder.classList.add('tall');
    return figure;
  }

  /** Percentiles over an axis of nines; `marks` are points without a line. */
  nines(title: string, curves: readonly Curve[], about: string): HTMLElement {
    if (curves.length === 0) return empty(title);
    const spec = { title, lines: curves };
    const drawn = (canvas: HTMLCanvasElement, holder: HTMLElement) =>
      new Drawing(
        holder,
        () => ninesChart(canvas, curves, () => this.#colours),
        () => {},
      );
    return this.#mount(spec, about, drawn, () => ninesTable(title, curves)).figure;
  }

  /** Draws what was put on the page; once it is there, since a chart takes its size from its place. */
  draw(): void {
    // The observer tells of those that are near only after the page was seen without them.
    for (const drawing of this.#seen()) drawing.isNear = true;
    for (const place of this.#drawings.keys()) this.#comings.observe(place);
  }

  /** Takes the colours in force, and the size of the medium; on paper is everything. */
  recolour(medium: 'screen' | 'print'): void {
    this.#colours = readColours();
    for (const drawing of this.#drawings.values()) {
      if (medium === 'print') drawing.print(...PAPER);
      else {
        drawing.unprint();
        drawing.recolour();
      }
    }
  }

  close(): void {
    this.#stopWatching();
    clearTimeout(this.#later);
    this.#comings.disconnect();
    for (const drawing of this.#drawings.values()) drawing.close();
    this.#drawings.clear();
  }

  /** Shows what the page looks at: at once where it is seen. */
  #follow(): void {
    for (const drawing of this.#seen()) drawing.refresh();
    clearTimeout(this.#later);
    this.#later = setTimeout(() => {
      for (const drawing of this.#drawings.values()) drawing.refresh();
    }, LATER_MS);
  }

  #seen(): Drawing[] {
    return [...this.#drawings.values()].filter(({ place }) => isSeen(place.getBoundingClientRect()));
  }

  #meet(seen: readonly IntersectionObserverEntry[]): void {
    for (const { target, isIntersecting } of seen) {
      const drawing = this.#drawings.get(target);
      if (drawing) drawing.isNear = isIntersecting;
    }
  }

  #mount(
    { title, lines }: { readonly title: string; readonly lines: readonly Pick<Line, 'name' | 'style'>[] },
    label: string,
    drawn: (canvas: HTMLCanvasElement, holder: HTMLElement) => Drawing,
    numbers: () => Node,
  ) {
    const canvas = el('canvas', '');
    canvas.setAttribute('role', 'img');
    canvas.setAttribute('aria-label', label);
    const holder = el('div', 'chart', canvas);
    const drawing = drawn(canvas, holder);
    this.#drawings.set(holder, drawing);
    const buttons = legend(lines, (line, shown) => drawing.toggle(line, shown));
    const figure = el('div', 'figure', el('h3', '', title), buttons, holder, folded('Table', `of ${title}`, numbers));
    return { figure, holder };
  }

  /** Has a chart show the stretch and the cursor of all, and move them. */
  #overTime(spec: ChartSpec): (canvas: HTMLCanvasElement, holder: HTMLElement) => Drawing {
    const [time, seconds, colours] = [this.#time, this.#seconds, () => this.#colours];
    const overlay = new Overlay({ time, lines: spec.lines, colours });
    let shown: { stretch: Stretch | null; cursor: number | null } = { stretch: null, cursor: null };
    const plugins = [bandsPlugin(this.#bands, colours), overlay.plugin];
    const shared = { seconds, bands: this.#bands, colours, cursor: () => time.cursor, plugins };
    const choose = (stretch: Stretch | null) => overlay.choose(stretch);
    const handling = { time, seconds: () => seconds, choose, say: () => this.#say(spec) };
    const make = (canvas: HTMLCanvasElement) => {
      const chart = lineChart(canvas, spec, shared);
      handlePointer(canvas, chart, handling);
      return chart;
    };
    const follow = (chart: Chart) => {
      const { stretch, cursor } = time;
      if (stretch !== shown.stretch) showStretch(chart, spec, shownOf(stretch, seconds));
      if (stretch !== shown.stretch || cursor !== shown.cursor) overlay.point();
      shown = { stretch, cursor };
    };
    return (canvas, holder) => {
      holder.append(overlay.canvas);
      handleKeys(holder, handling);
      return new Drawing(holder, () => make(canvas), follow);
    };
  }

  #say({ unit, lines }: ChartSpec): void {
    const at = this.#time.cursor;
    if (at === null) return;
    const values = lines.map(({ name, values }) => `${name} ${valueIn(unit, values[at])}`);
    this.voice.textContent = `${timeOf(at)}: ${values.join(', ')}`;
  }

  #table({ title, unit, lines }: ChartSpec): HTMLElement {
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

function isSeen({ width, top, bottom }: DOMRect): boolean {
  return width > 0 && bottom > 0 && top < innerHeight;
}

function empty(title: string): HTMLElement {
  return el('div', 'figure', el('h3', '', title), el('p', 'nothing', 'No data.'));
}

function described({ title, unit, lines }: ChartSpec): string {
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
