import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { hash } from '../base/hash.ts';

/** Milliseconds on this host's monotonic clock (CLOCK_MONOTONIC), the same in every process of the host. */
export function hostNow(): number {
  return performance.now() + offset;
}

/** A clock of a run: ms since the run's start, which is given on the host's clock. */
export type RunClock = () => number;

export function runClock(startAt: number): RunClock {
  return () => hostNow() - startAt;
}

/** Which monotonic clock this is: a hash of the boot id. Times are comparable between processes with the same mark. */
export const clockMark: number = hash(bootId());

/** What to add to `performance.now()`; the tightest of several readings, so that no pause stands between the two. */
const offset = (() => {
  let best = { width: Number.POSITIVE_INFINITY, offset: 0 };
  for (let i = 0; i < 20; i++) {
    const before = performance.now();
    const host = Number(process.hrtime.bigint()) / 1e6;
    const after = performance.now();
    if (after - before < best.width) best = { width: after - before, offset: host - (before + after) / 2 };
  }
  return best.offset;
})();

function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return hostname();
  }
}
