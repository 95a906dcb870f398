import type { ChartArea, Plugin } from 'chart.js';
import type { RunRecord } from '../../../../measure/run-record/run-record.ts';
import type { Colours } from '../colours.ts';
import { faultEvents } from '../series.ts';

/** A stretch of the run that a chart marks; `from` and `to` in seconds. */
export interface Band {
  readonly name: string;
  readonly kind: 'warmup' | 'measure' | 'drain' | 'fault' | 'few';
  readonly from: number;
  readonly to: number;
}

/** The run's phases, as far as it came, and its faults; what befalls a few clients is one band. */
export function bandsOf(record: RunRecord): Band[] {
  const { phases, timeline, load } = record;
  const end = timeline.seconds;
  const measured = phases.warmup + phases.measure;
  const events = faultEvents(record);
  const isOfFew = ({ bots }: RunRecord['faults'][number]) => Array.isArray(bots) && bots.length * 2 < load.probes;
  const ofAll = events.filter((event) => !isOfFew(event));
  const ofFew = events.filter(isOfFew).map(({ at }) => at);
  const stretches: Band[] = [
    { name: 'warm-up', kind: 'warmup', from: 0, to: phases.warmup },
    { name: 'measured', kind: 'measure', from: phases.warmup, to: measured },
    { name: 'drain', kind: 'drain', from: measured, to: end },
    { name: 'a few clients', kind: 'few', from: Math.min(...ofFew), to: Math.max(...ofFew) },
    ...faultBands(ofAll, end),
  ];
  return stretches
    .map((band) => ({ ...band, to: Math.min(band.to, end) }))
    .filter(({ kind, from, to }) => to > from || (kind === 'fault' && to === from));
}

/** Draws bands behind the lines, their names above the plot: below each other where they are close. */
export function bandsPlugin(bands: readonly Band[], colours: () => Colours): Plugin<'line'> {
  return {
    id: 'bands',
    beforeDatasetsDraw({ ctx, chartArea: { top, bottom, left, right }, scales: { x } }) {
      if (!x) return;
      const { band, fault, muted, line, surface, font } = colours();
      ctx.save();
      ctx.font = `11px ${font}`;
      ctx.textBaseline = 'bottom';
      const seen = bands
        .filter(({ from, to }) => from < x.max && to >= x.min)
        .map((band) => ({ ...band, from: Math.max(band.from, x.min), to: Math.min(band.to, x.max) }));
      for (const { kind, from, to } of seen) {
        const [start, end] = [x.getPixelForValue(from), x.getPixelForValue(to)];
        if (kind === 'measure') continue;
        ctx.fillStyle = kind === 'fault' ? fault : band;
        // One band ends a little before the next begins, or two faults would look like one.
        ctx.fillRect(start, top, kind === 'fault' ? Math.max(THINNEST, end - start - 1) : end - start, bottom - top);
        if (kind === 'warmup') hatch(ctx, { left: start, right: end, top, bottom }, line);
      }
      const names = namesOf(seen, (seconds) => x.getPixelForValue(seconds), right + PAD_RIGHT);
      const feet = names.map(({ row }) => top - 2 - row * ROW);
      ctx.fillStyle = line;
      for (const [i, { start }] of names.entries()) {
        if (start > left) ctx.fillRect(Math.round(start), feet[i]! - ROW + 1, 1, bottom - feet[i]! + ROW - 1);
      }
      for (const [i, { name, start }] of names.entries()) {
        // The line of a name above this one does not cross it out.
        ctx.fillStyle = surface;
        ctx.fillRect(start + 3, feet[i]! - ROW + 2, ctx.measureText(name).width + 2, ROW - 1);
        ctx.fillStyle = muted;
        ctx.fillText(name, start + 4, feet[i]!);
      }
      ctx.restore();
    },
  };
}

/** Draws lines aslant: what is shown there does not count. */
function hatch(
  ctx: CanvasRenderingContext2D,
  { left, right, top, bottom }: Omit<ChartArea, 'width' | 'height'>,
  colour: string,
): void {
  const height = bottom - top;
  ctx.save();
  ctx.beginPath();
  ctx.rect(left, top, right - left, height);
  ctx.clip();
  ctx.beginPath();
  for (let x = left - height; x < right; x += HATCH) {
    ctx.moveTo(x, bottom);
    ctx.lineTo(x + height, top);
  }
  ctx.strokeStyle = colour;
  ctx.lineWidth = 1;
  ctx.stroke();
  ctx.restore();
}

/** From one line to the next, px. */
const HATCH = 7;

/** What the names take of a chart so wide, above its plot; px. */
export function namesHeight(bands: readonly Band[], seconds: number, width: number): number {
  const [left, right] = [AXIS, width - PAD_RIGHT];
  const rows = namesOf(bands, (at) => left + (at / seconds) * (right - left), width).map(({ row }) => row);
  return 3 + ROW * (Math.max(0, ...rows) + 1);
}

/** Width of a chart's axis of values at the least, and what is free on its other side; px. */
export const AXIS = 66;
export const PAD_RIGHT = 8;

/** Height of a row of names, how many rows there are at the most, and how wide a letter is; px. */
const ROW = 13;
const ROWS = 5;
const LETTER = 6;

interface Name {
  readonly name: string;
  readonly start: number;
  readonly row: number;
}

/** Where the names stand: in the lowest row where there is room, or nowhere; a name is not told again beside itself. */
function namesOf(bands: readonly Band[], pixel: (seconds: number) => number, right: number): Name[] {
  const placed: (Name & { readonly end: number })[] = [];
  for (const { name, kind, from, to } of importance.flatMap((kind) => bands.filter((band) => band.kind === kind))) {
    const start = pixel(from);
    const end = start + 8 + name.length * LETTER;
    if (end > (kind === 'measure' ? pixel(to) : right)) continue;
    const isBeside = (one: (typeof placed)[number]) => start < one.end && end > one.start;
    if (placed.some((one) => one.name === name && isBeside(one))) continue;
    const isFree = (row: number) => placed.every((one) => one.row !== row || !isBeside(one));
    const row = Array.from({ length: kind === 'fault' || kind === 'few' ? ROWS : 1 }, (_, i) => i).find(isFree);
    if (row !== undefined) placed.push({ name, start, end, row });
  }
  return placed;
}

/** A fault may be over as soon as it has begun, and is seen all the same; px. */
const THINNEST = 2;

/** Whose name is drawn where there is room for one. */
const importance: readonly Band['kind'][] = ['fault', 'few', 'warmup', 'drain', 'measure'];

function faultBands(faults: RunRecord['faults'], end: number): Band[] {
  return faults.flatMap((event): Band[] => {
    if (event.kind !== 'faultOn') return [];
    const off = faults.find(({ kind, fault, at }) => kind === 'faultOff' && fault === event.fault && at >= event.at);
    return [{ name: String(event.fault), kind: 'fault', from: event.at, to: off?.at ?? end }];
  });
}
