import type { Chart } from 'chart.js';
import { type Stretch, scaled, shownOf, type TimeView } from './time-view.ts';

export interface Handling {
  readonly time: TimeView;
  readonly seconds: () => number;
  /** The stretch that is being chosen has changed; null where it is done with. */
  readonly choose: (stretch: Stretch | null) => void;
  /** Somebody who may not see the chart has moved the cursor. */
  readonly say: () => void;
}

/** Lets a pointer choose a stretch of a chart by dragging, and point at its seconds; a double click shows all again. */
export function handlePointer(
  canvas: HTMLCanvasElement,
  chart: () => Chart<'line'>,
  { time, seconds, choose }: Handling,
): void {
  let start: number | null = null;
  const secondAt = ({ offsetX }: PointerEvent) => {
    const value = chart().scales.x!.getValueForPixel(offsetX) ?? 0;
    const { from, to } = shownOf(time.stretch, seconds());
    return Math.min(Math.max(value, from), to);
  };
  const stop = () => {
    start = null;
    choose(null);
  };
  canvas.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    start = secondAt(event);
    canvas.setPointerCapture(event.pointerId);
    // A finger does not hover: where it taps, the values are shown.
    if (event.pointerType === 'touch') time.point(Math.min(Math.floor(start), seconds() - 1));
  });
  canvas.addEventListener('pointermove', (event) => {
    const at = secondAt(event);
    time.point(Math.min(Math.floor(at), seconds() - 1));
    if (start !== null) choose({ from: Math.min(start, at), to: Math.max(start, at) });
  });
  canvas.addEventListener('pointerup', (event) => {
    if (start === null) return;
    const [from, to] = [start, secondAt(event)].sort((a, b) => a - b) as [number, number];
    stop();
    const x = chart().scales.x!;
    const pixels = x.getPixelForValue(to) - x.getPixelForValue(from);
    if (pixels >= FEWEST_PIXELS) time.zoom({ from, to });
  });
  canvas.addEventListener('pointercancel', stop);
  canvas.addEventListener('pointerleave', ({ pointerType }) => {
    if (pointerType !== 'touch') time.point(null);
  });
  canvas.addEventListener('dblclick', () => time.zoom(null));
}

/** What moves less was a click. */
const FEWEST_PIXELS = 6;

/** The same by keyboard: arrows move the cursor, + and - zoom around it, Escape shows all again. */
export function handleKeys(element: HTMLElement, { time, seconds, choose, say }: Handling): void {
  element.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const shown = shownOf(time.stretch, seconds());
    const last = shown.to - 1;
    const cursor = time.cursor ?? Math.floor((shown.from + last) / 2);
    const move = (second: number) => {
      time.point(Math.min(Math.max(second, shown.from), last));
      say();
    };
    const step = event.shiftKey ? 10 : 1;
    const actions: Readonly<Record<string, () => void>> = {
      ArrowLeft: () => move(time.cursor === null ? last : cursor - step),
      ArrowRight: () => move(time.cursor === null ? shown.from : cursor + step),
      Home: () => move(shown.from),
      End: () => move(last),
      '+': () => time.zoom(scaled(shown, cursor + 0.5, 0.5, seconds())),
      '=': () => time.zoom(scaled(shown, cursor + 0.5, 0.5, seconds())),
      '-': () => time.zoom(scaled(shown, cursor + 0.5, 2, seconds())),
      Escape: () => {
        choose(null);
        time.point(null);
        time.zoom(null);
      },
    };
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });
  element.addEventListener('blur', () => time.point(null));
}
