import type { Chart } from 'chart.js';

/**
 * A chart in its place: made when the reader first comes near, and brought up to date as long as the reader is, since a
 * page has more charts than are seen at once.
 */
export class Drawing {
  readonly place: HTMLElement;
  readonly #make: () => Chart;
  readonly #follow: (chart: Chart) => void;
  readonly #hidden = new Set<number>();
  #chart: Chart | undefined;
  #isNear = false;
  #isStale = false;

  /** `follow` has a chart show what the page looks at, and does nothing where it does already. */
  constructor(place: HTMLElement, make: () => Chart, follow: (chart: Chart) => void) {
    this.place = place;
    this.#make = make;
    this.#follow = follow;
  }

  set isNear(isNear: boolean) {
    this.#isNear = isNear;
    this.refresh();
  }

  /** Follows the page, now or when the reader comes. */
  refresh(): void {
    if (this.#isNear) this.#current();
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

  /** Draws for paper, near or not; px. */
  print(width: number, height: number): void {
    this.#isStale = true;
    this.#current().resize(width, height);
  }

  /** Takes the size of its place again. */
  unprint(): void {
    this.#chart?.resize();
  }

  close(): void {
    this.#chart?.destroy();
  }

  #current(): Chart {
    this.#chart ??= this.#made();
    this.#follow(this.#chart);
    if (this.#isStale) this.#chart.update('none');
    this.#isStale = false;
    return this.#chart;
  }

  #made(): Chart {
    const chart = this.#make();
    for (const line of this.#hidden) chart.setDatasetVisibility(line, false);
    if (this.#hidden.size > 0) chart.update('none');
    this.#isStale = false;
    return chart;
  }
}
