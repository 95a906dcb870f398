import { html, type Markup } from '../shell/markup.ts';

const [WIDTH, HEIGHT] = [96, 24];

/** A line without axes, as wide as a word or two; gaps where there is no value. `label` is for those who cannot see it. */
export function sparkline(values: readonly (number | null)[], label: string): Markup {
  const highest = Math.max(...values.map((value) => value ?? 0), Number.MIN_VALUE);
  let path = '';
  let isDown = false;
  values.forEach((value, i) => {
    if (value !== null)
      path += `${isDown ? 'L' : 'M'}${across(i, values.length)} ${up(value / highest)}${isDown ? '' : 'h0'}`;
    isDown = value !== null;
  });
  return html`<svg class="spark" role="img" aria-label="${label}" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}"><path d="${path}" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linejoin="round" stroke-linecap="round"/></svg>`;
}

function across(i: number, of: number): number {
  return round(2 + (of < 2 ? 0.5 : i / (of - 1)) * (WIDTH - 4));
}

function up(share: number): number {
  return round(HEIGHT - 2 - share * (HEIGHT - 4));
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
