/** A part of a run, in whole seconds. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** What all charts of a page have in common: the stretch that they show, null for the whole run, and the second pointed at. */
export class TimeView {
  readonly #listeners = new Set<() => void>();
  #stretch: Stretch | null = null;
  #cursor: number | null = null;

  get stretch(): Stretch | null {
    return this.#stretch;
  }

  get cursor(): number | null {
    return this.#cursor;
  }

  /** Shows a stretch, widened to whole seconds, or the whole run. */
  zoom(stretch: Stretch | null): void {
    const whole = stretch && { from: Math.max(0, Math.floor(stretch.from)), to: Math.ceil(stretch.to) };
    if (whole?.from === this.#stretch?.from && whole?.to === this.#stretch?.to) return;
    this.#stretch = whole;
    this.#tell();
  }

  /** Points at a second, or at none. */
  point(second: number | null): void {
    if (second === this.#cursor) return;
    this.#cursor = second;
    this.#tell();
  }

  /** Calls back at each change; returns how to stop that. */
  watch(changed: () => void): () => void {
    this.#listeners.add(changed);
    return () => this.#listeners.delete(changed);
  }

  #tell(): void {
    for (const changed of this.#listeners) changed();
  }
}

/** The stretch of a run so long that is shown: all of it where nothing of the wanted one is in it. */
export function shownOf(stretch: Stretch | null, seconds: number): Stretch {
  if (!stretch || stretch.from >= seconds) return { from: 0, to: seconds };
  return { from: stretch.from, to: Math.min(stretch.to, seconds) };
}

/** A stretch half or twice as long around a second, inside a run; null for all of it. */
export function scaled(shown: Stretch, around: number, factor: number, seconds: number): Stretch | null {
  const length = Math.max(SHORTEST, Math.round((shown.to - shown.from) * factor));
  if (length >= seconds) return null;
  const share = (around - shown.from) / (shown.to - shown.from);
  const from = Math.min(Math.max(0, Math.round(around - share * length)), seconds - length);
  return { from, to: from + length };
}

/** The shortest stretch that is shown, s. */
const SHORTEST = 2;
