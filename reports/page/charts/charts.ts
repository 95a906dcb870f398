import type { Chart } from 'chart.js';
import type { RunRecord } from '../../../measure/run-record/run-record.ts';
import { valueIn } from '../../wording/quantities.ts';
import { fileName } from '../parts/data-table.ts';
import { downloadButton } from '../parts/download.ts';
import { el, folded } from '../parts/elements.ts';
import { timeOf } from '../parts/format.ts';
import { handleKeys, handlePointer } from './chart-input.ts';
import { chartDescription, chartTable } from './chart-words.ts';
import { type Colours, readColours } from './colours.ts';
import { type Portrait, pngOf, svgOf } from './files/chart-files.ts';
import { type Band, bandsOf, bandsPlugin } from './layers/bands.ts';
import { HEAT_STYLE } from './layers/heatmap.ts';
import { Overlay } from './layers/overlay.ts';
import { Drawing, type Plot } from './lazy-chart.ts';
import { type LegendItem, legend } from './legend.ts';
import { type LineSpec, lineChart, showStretch } from './line-chart.ts';
import { type LoadChartSpec, loadChart, loadTable } from './load-chart.ts';
import { type Curve, ninesChart, ninesTable } from './percentile-chart.ts';
import { type ScaleType, scaleButton } from './scale-button.ts';
import { type Stretch, shownOf, type TimeView } from './time-view.ts';
import { whenIdle } from './when-idle.ts';

export interface ChartSpec extends Omit<LineSpec, 'scale'> {
  readonly title: string;
  readonly size?: 'tall' | 'small';
  /** The reader may choose between a linear and a logarithmic axis; the first shown. */
  readonly scales?: ScaleType;
}

/** Width of a chart on paper, px. */
const PAPER_WIDTH = 660;

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
  /** Gives up what was to be done when idle. */
  #idle: (() => void) | undefined;
  #colours: Colours = readColours();

  constructor(record: RunRecord, time: TimeView) {
    this.#time = time;
    this.#seconds = record.timeline.seconds;
    this.#bands = bandsOf(record);
    this.voice.setAttribute('role', 'status');
    this.#stopWatching = time.watch(() => this.#follow());
  }

  /** A chart over time with its title, its legend and the table behind it; nothing where all of it is zero or unknown. */
  figure(spec: ChartSpec): HTMLElement | undefined {
    const lines = spec.lines.filter(({ values }) => values.some((value) => value !== null && value !== 0));
    if (lines.length === 0) return undefined;
    const whole = { ...spec, lines };
    let scale = spec.scales ?? 'linear';
    const shown = () => ({ ...whole, scale });
    const items: LegendItem[] = [
      ...lines.map(({ name, style }) => ({ name, style, mark: spec.stacked ? ('area' as const) : ('line' as const) })),
      ...(spec.heat ? [{ name: 'deliveries', style: HEAT_STYLE, mark: 'heat' as const }] : []),
      ...(spec.limits ?? []).map(({ name }) => ({ name, style: 0, mark: 'limit' as const })),
    ];
    const label = chartDescription(whole);
    const { figure, holder, drawing, feet } = this.#mount(spec.title, items, label, this.#overTime(shown), () =>
      chartTable(whole, this.#seconds),
    );
    holder.tabIndex = 0;
    holder.setAttribute('role', 'group');
    holder.setAttribute('aria-label', `${spec.title}: arrows move the cursor, + and - zoom, Escape shows all`);
    if (spec.size) holder.classList.add(spec.size);
    if (spec.scales) {
      const choose = (chosen: typeof scale) => {
        scale = chosen;
        drawing.remake();
      };
      feet.append(scaleButton(scale, choose));
    }
    return figure;
  }

  /** Percentiles over an axis of nines; `marks` are points without a line. */
  nines(title: string, curves: readonly Curve[], about: string): HTMLElement | undefined {
    if (curves.length === 0) return undefined;
    const items = curves.map(({ name, style, kind }) => ({
      name,
      style,
      mark: kind === 'line' ? ('line' as const) : ('point' as const),
    }));
    const plot = { config: () => ninesChart(curves, () => this.#colours), made: () => {}, follow: () => {} };
    return this.#mount(
      title,
      items,
      about,
      () => plot,
      () => ninesTable(title, curves),
    ).figure;
  }

  /** Values against load; nothing where none is known. */
  againstLoad(title: string, spec: LoadChartSpec): HTMLElement | undefined {
    if (spec.curves.length === 0) return undefined;
    const items = [...spec.curves, ...spec.marks].map(({ name, style }) => ({ name, style, mark: 'line' as const }));
    const plot = { config: () => loadChart(spec, () => this.#colours), made: () => {}, follow: () => {} };
    const label = `${title}: ${spec.curves.map(({ name }) => name).join(', ')} by ${spec.load}`;
    return this.#mount(
      title,
      items,
      label,
      () => plot,
      () => loadTable(title, spec),
    ).figure;
  }

  /** Draws what was put on the page; once it is there, since a chart takes its size from its place. */
  draw(): void {
    // The observer tells of those that are near only after the page was seen without them.
    for (const drawing of this.#seen()) drawing.isNear = true;
    for (const place of this.#drawings.keys()) this.#comings.observe(place);
    this.#drawRest([...this.#drawings.values()]);
  }

  /** Draws the others one by one when there is nothing else to do: a picture of the whole page has them all. */
  #drawRest([next, ...others]: readonly Drawing[]): void {
    this.#idle?.();
    if (!next) return;
    this.#idle = whenIdle(() => {
      if (next.place.clientWidth > 0) next.draw();
      this.#drawRest(others);
    });
  }

  /** Takes the colours in force, and the size of the medium; on paper is everything. */
  recolour(medium: 'screen' | 'print'): void {
    this.#colours = readColours();
    for (const drawing of this.#drawings.values()) {
      if (medium === 'print') drawing.print(PAPER_WIDTH, drawing.place.clientHeight);
      else {
        drawing.unprint();
        drawing.recolour();
      }
    }
  }

  close(): void {
    this.#stopWatching();
    clearTimeout(this.#later);
    this.#idle?.();
    this.#comings.disconnect();
    for (const drawing of this.#drawings.values()) drawing.close();
    this.#drawings.clear();
  }

  /** Shows what the page looks at: at once where it is seen. */
  #follow(): void {
    for (const drawing of this.#seen()) drawing.refresh();
    clearTimeout(this.#later);
    this.#later = setTimeout(() => {
      this.#drawRest([...this.#drawings.values()]);
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
    title: string,
    items: readonly LegendItem[],
    label: string,
    plotIn: (holder: HTMLElement) => Plot,
    numbers: () => Node,
  ) {
    const canvas = el('canvas', '');
    canvas.setAttribute('role', 'img');
    canvas.setAttribute('aria-label', label);
    const holder = el('div', 'chart', canvas);
    const plot = plotIn(holder);
    const drawing = new Drawing(holder, canvas, plot);
    this.#drawings.set(holder, drawing);
    const buttons = legend(items, (line, shown) => drawing.toggle(line, shown));
    const portrait = (): Portrait => ({ title, items, colours: this.#colours });
    const file = fileName(title);
    const feet = el(
      'div',
      'feet',
      folded('Table', `of ${title}`, numbers),
      downloadButton('PNG', `of ${title}`, `${file}.png`, () => {
        drawing.draw();
        return pngOf(canvas, portrait());
      }),
      downloadButton('SVG', `of ${title}`, `${file}.svg`, () =>
        svgOf(plot.config(holder.clientWidth), holder.clientWidth, holder.clientHeight, portrait()),
      ),
    );
    const figure = el('div', 'figure', el('h3', '', title), buttons, holder, feet);
    return { figure, holder, drawing, feet };
  }

  /** Has a chart show the stretch and the cursor of all, and move them. */
  #overTime(spec: () => ChartSpec & Pick<LineSpec, 'scale'>): (holder: HTMLElement) => Plot {
    const [time, seconds, colours] = [this.#time, this.#seconds, () => this.#colours];
    const overlay = new Overlay({ time, lines: spec().lines, colours });
    let shown: { stretch: Stretch | null; cursor: number | null } = { stretch: null, cursor: null };
    const plugins = [bandsPlugin(this.#bands, colours), overlay.plugin];
    const shared = { seconds, bands: this.#bands, colours, cursor: () => time.cursor, plugins };
    const choose = (stretch: Stretch | null) => overlay.choose(stretch);
    const handling = { time, seconds: () => seconds, choose, say: () => this.#say(spec()) };
    let made: Chart<'line'> | undefined;
    return (holder) => {
      holder.append(overlay.canvas);
      handleKeys(holder, handling);
      return {
        config: (pixels) => lineChart(spec(), { ...shared, stretch: shownOf(time.stretch, seconds) }, pixels),
        made: (chart, canvas) => {
          if (!made) handlePointer(canvas, () => made ?? chart, handling);
          made = chart;
          shown = { stretch: time.stretch, cursor: null };
        },
        follow: (chart) => {
          const { stretch, cursor } = time;
          if (stretch !== shown.stretch) showStretch(chart, spec(), shownOf(stretch, seconds));
          if (stretch !== shown.stretch || cursor !== shown.cursor) overlay.point();
          shown = { stretch, cursor };
        },
      };
    };
  }

  #say({ unit, lines }: ChartSpec): void {
    const at = this.#time.cursor;
    if (at === null) return;
    const values = lines.map(({ name, values }) => `${name} ${valueIn(unit, values[at])}`);
    this.voice.textContent = `${timeOf(at)}: ${values.join(', ')}`;
  }
}

function isSeen({ width, top, bottom }: DOMRect): boolean {
  return width > 0 && bottom > 0 && top < innerHeight;
}
