import { type SearchPlan, type SeenWindow, searchAfter } from './capacity-search.ts';

/** From the last window of a level to the first of the next, s: until it is judged, the crowd has changed, and all is calm. */
const CHANGE_S = 5;
/** Without a level that did not hold, the limit is taken to be so many times what has held, or the first level. */
const [BEYOND_HELD, BEYOND_FIRST] = [2, 16];

/** How long a search will still take, s, if the limit is about where it seems to be. */
export function secondsLeft(plan: SearchPlan, windowS: number, seen: readonly SeenWindow[]): number {
  const limit = likelyLimit(plan, seen);
  const windows = [...seen];
  const startedAt = seen.at(-1)?.to ?? 0;
  let at = startedAt;
  for (let state = searchAfter(plan, windows); 'next' in state; state = searchAfter(plan, windows)) {
    const { stage, level } = state.next;
    if (windows.at(-1)?.stage !== stage || windows.at(-1)?.level !== level) at += CHANGE_S;
    at += windowS;
    windows.push({ stage, level, held: level <= limit, to: at });
  }
  return at - startedAt;
}

function likelyLimit({ from, most }: SearchPlan, seen: readonly SeenWindow[]): number {
  const of = (wanted: boolean) => seen.filter(({ held }) => held === wanted).map(({ level }) => level);
  const held = Math.max(0, ...of(true));
  const failed = Math.min(...of(false));
  if (Number.isFinite(failed)) return Math.sqrt(Math.max(1, Math.min(held, failed)) * failed);
  return Math.min(most, Math.max(held * BEYOND_HELD, from * BEYOND_FIRST));
}
