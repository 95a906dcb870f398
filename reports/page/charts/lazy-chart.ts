import { Chart, type ChartConfiguration } from 'chart.js';

/** How a chart comes about, and what it goes by then. */
export interface Plot {
  /** What is drawn on a canvas so many pixels wide. */
  readonly config: (pixels: number) => ChartConfiguration<'line'>;
  /** It has been made. */
  readonly made: (chart: Chart<'line'>, canvas: HTMLCanvasElement) => void;
  /** Has it show what the page looks at; does nothing where it does already. */
  readonly follow: (chart: Chart<'line'>) => void;
}

/**
 * A chart in its place: made when the reader first comes near, and brought up to date as long as the reader is, since a
 * page has more charts than are seen at once.
 */
export class Drawing {
  readonly place: HTMLElement;
  readonly #canvas: HTMLCanvasElement;
  readonly #plot: Plot;
  readonly #hidden = new Set<number>();
  #chart: Chart<'line'> | undefined;
  #isNear = false;
  #isStale = false;

  constructor(place: HTMLElement, canvas: HTMLCanvasElement, plot: Plot) {
    this.place = place;
    this.#canvas = canvas;
    this.#plot = plot;
  }

  set isNear(isNear: boolean) {
    this.#isNear = isNear;
    this.refresh();
  }

  /** Follows the page, now or when the reader comes. */
  refresh(): void {
    if (this.#isNear) this.draw();
  }

  /** Shows a line or hides it. */
  toggle(line: number, shown: boolean): void {
    if (shown) this.#hidden.delete(line);
    else this.#hidden.add(line);
    this.#chart?.setDatasetVisibility(line, shown);
    this.#chart?.update('none');
  }

  /** The colours have changed. */
  recolour(): void {
    this.#isStale = true;
    this.refresh();
  }

  /** It is drawn in another way from now on. */
  remake(): void {
    this.#chart?.destroy();
    this.#chart = undefined;
    this.draw();
  }

  /** Draws for paper, near or not; px. */
  print(width: number, height: number): void {
    this.#isStale = true;
    this.draw().resize(width, height);
  }

  /** Takes the size of its place again. */
  unprint(): void {
    this.#chart?.resize();
  }

  close(): void {
    this.#chart?.destroy();
  }

  /** Draws what the page looks at, near or not. */
  draw(): Chart<'line'> {
    this.#chart ??= this.#made();
    this.#plot.follow(this.#chart);
    if (this.#isStale) this.#chart.update('none');
    this.#isStale = false;
    return this.#chart;
  }

  #made(): Chart<'line'> {
    const chart = new Chart<'line'>(this.#canvas, this.#plot.config(this.place.clientWidth));
    this.#plot.made(chart, this.#canvas);
    for (const line of this.#hidden) chart.setDatasetVisibility(line, false);
    if (this.#hidden.size > 0) chart.update('none');
    this.#isStale = false;
    return chart;
  }
}
