import type { Event } from '../metrics/events.ts';
import type { RunRecord } from '../run-record/run-record.ts';
import type { Timeline } from './timeline.ts';

type Herd = RunRecord['outages'][number]['herd'];

const BIN_MS = 100;
const BINS_PER_SECOND = 1000 / BIN_MS;

/** How those who come back hit the server: their attempts and successes per tenth of a second, from the fault on. */
export function herdOf(
  events: readonly Event[],
  { onAt, toAt }: { readonly onAt: number; readonly toAt: number },
  timeline: Timeline,
): Herd {
  const bins = Math.max(0, Math.ceil((toAt - onAt) / BIN_MS));
  const attempts = new Array<number>(bins).fill(0);
  const successes = new Array<number>(bins).fill(0);
  for (const event of events) {
    if (event.at < onAt || event.at >= toAt) continue;
    const bin = Math.floor((event.at - onAt) / BIN_MS);
    if (event.kind === 'connecting') attempts[bin]!++;
    if (event.kind === 'connected') successes[bin]!++;
  }
  const first = attempts.findIndex((n) => n > 0);
  const last = attempts.findLastIndex((n) => n > 0);
  const peak = Math.max(0, ...attempts);
  const mean = first < 0 ? 0 : attempts.reduce((a, b) => a + b, 0) / (last - first + 1);
  const highest = (key: string) => {
    const seconds = timeline.gauge(key).slice(Math.floor(onAt / 1000), Math.ceil(toAt / 1000));
    const known = seconds.filter((value) => value !== null);
    return known.length === 0 ? null : Math.max(...known);
  };
  return {
    attempts: trimmed(attempts),
    successes: trimmed(successes),
    peakPerSecond: peak * BINS_PER_SECOND,
    synchronisation: mean === 0 ? null : peak / mean,
    serverCpu: highest('cpu{role=server}'),
    serverLoopDelayMs: highest('loopDelay{role=server}'),
  };
}

/** Without the empty bins at the end. */
function trimmed(bins: readonly number[]): number[] {
  return bins.slice(0, bins.findLastIndex((n) => n > 0) + 1);
}
