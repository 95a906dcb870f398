import { rollUps } from './metric-key.ts';
import type { Window } from './window.ts';

/** By how many connections a window has the crowd grow: those that were established, less those that ended. */
export function crowdGrowth({ counters }: Pick<Window, 'counters'>): number {
  let growth = 0;
  for (const [key, n] of Object.entries(counters)) {
    const totals = rollUps(key);
    if (totals.includes('connections.established{by=crowd}')) growth += n;
    if (totals.includes('disconnects{by=crowd}')) growth -= n;
  }
  return growth;
}
