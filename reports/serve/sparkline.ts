import { html, type Markup } from './markup.ts';

const MOST_POINTS = 60;
const STROKE = 1.5;

/** A line without axes, as wide as a word or two; gaps where there is no value. `label` is for those who cannot see it. */
export function sparkline(values: readonly (number | null)[], label: string): Markup {
  const [width, height] = [120, 24];
  return html`<svg class="spark" role="img" aria-label="${label}" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"><title>${label}</title>${line(thinned(values), width, height)}</svg>`;
}

export interface TrendPoint {
  readonly p99: number | null;
  readonly lost: number;
  /** What to say of it when it is pointed at. */
  readonly about: string;
}

/** p99 as a line with a dot for each run, what was lost as bars below: from the oldest run to the newest. */
export function trend(points: readonly TrendPoint[], label: string): Markup {
  const [width, height, bars] = [360, 72, 24];
  const x = (i: number) => place(i, points.length, width);
  const highest = Math.max(...points.map(({ p99 }) => p99 ?? 0), Number.MIN_VALUE);
  const mostLost = Math.max(...points.map(({ lost }) => lost), 1);
  const dots = points.flatMap(({ p99, about }, i) =>
    p99 === null
      ? []
      : html`<circle cx="${x(i)}" cy="${rise(p99, highest, height)}" r="3"><title>${about}</title></circle>`,
  );
  const losses = points.flatMap(({ lost, about }, i) => {
    const size = round((lost / mostLost) * (bars - 4));
    return lost === 0
      ? []
      : html`<rect class="lost" x="${round(x(i) - 3)}" y="${round(height + bars - size)}" width="6" height="${size}"><title>${about}</title></rect>`;
  });
  const values = points.map(({ p99 }) => p99);
  return html`<svg class="trend" role="img" aria-label="${label}" viewBox="0 0 ${width} ${height + bars}" width="${width}" height="${height + bars}">${line(values, width, height)}${dots}${losses}</svg>`;
}

function line(values: readonly (number | null)[], width: number, height: number): Markup {
  const highest = Math.max(...values.map((value) => value ?? 0), Number.MIN_VALUE);
  let path = '';
  let isDown = false;
  values.forEach((value, i) => {
    if (value !== null)
      path += `${isDown ? 'L' : 'M'}${place(i, values.length, width)} ${rise(value, highest, height)}`;
    isDown = value !== null;
  });
  return html`<path d="${path}" fill="none" stroke="currentColor" stroke-width="${STROKE}" stroke-linejoin="round"/>`;
}

function place(i: number, of: number, width: number): number {
  return round(4 + (of < 2 ? 0.5 : i / (of - 1)) * (width - 8));
}

function rise(value: number, highest: number, height: number): number {
  return round(height - 3 - (value / highest) * (height - 6));
}

/** The highest of each of so many pieces: a peak stays a peak. */
function thinned(values: readonly (number | null)[]): (number | null)[] {
  if (values.length <= MOST_POINTS) return [...values];
  return Array.from({ length: MOST_POINTS }, (_, i) => {
    const from = Math.floor((i * values.length) / MOST_POINTS);
    const to = Math.floor(((i + 1) * values.length) / MOST_POINTS);
    const known = values.slice(from, to).filter((value) => value !== null);
    return known.length > 0 ? Math.max(...known) : null;
  });
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
