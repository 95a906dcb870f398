import type { Stretch } from '../charts/time-view.ts';

/** Where a reader is: the tab, and what the charts show of the run. */
export interface Place {
  readonly tab: string | null;
  readonly stretch: Stretch | null;
}

/** Reads a URL's hash such as `#tab=2&t=12-30`; what it does not say, or says wrongly, is null. */
export function placeOf(hash: string): Place {
  const words = new URLSearchParams(hash.slice(1));
  const [, from, to] = /^(\d{1,7})-(\d{1,7})$/.exec(words.get('t') ?? '') ?? [];
  const stretch = { from: Number(from), to: Number(to) };
  return { tab: words.get('tab'), stretch: stretch.to > stretch.from ? stretch : null };
}

/** The hash that {@link placeOf} reads; empty for the whole of the first run. */
export function hashOf({ tab, stretch }: Place): string {
  const words = [
    ...(tab === null ? [] : [`tab=${encodeURIComponent(tab)}`]),
    ...(stretch === null ? [] : [`t=${stretch.from}-${stretch.to}`]),
  ];
  return words.length > 0 ? `#${words.join('&')}` : '';
}
