import { mannWhitney } from '../statistics/mann-whitney.ts';
import { median } from '../statistics/median.ts';

/** Whether the latency still moved after the warm-up; values are medians in ms, of the first and the last third. */
export interface Steadiness {
  readonly steady: boolean;
  readonly firstMs: number;
  readonly lastMs: number;
}

/** Seconds that a third must have. */
const LEAST = 3;
/** How far the thirds' medians must be apart: by this share, and by this many ms. */
const SHARE = 0.25;
const FLOOR_MS = 1;
/** How surely a second of one third is above one of the other: the probability of superiority. */
const SURE = 0.85;

/**
 * Compares the first third of the measured interval with the last, second by second: the run is not steady where their
 * medians are far apart and nearly every second of one lies above nearly every second of the other (the statistic of
 * Mann and Whitney as a share). Undefined where there are too few seconds to tell.
 */
export function steadinessOf(p50BySecond: readonly (number | null)[]): Steadiness | undefined {
  const third = Math.floor(p50BySecond.length / 3);
  const first = known(p50BySecond.slice(0, third));
  const last = known(p50BySecond.slice(p50BySecond.length - third));
  if (first.length < LEAST || last.length < LEAST) return undefined;
  const [firstMs, lastMs] = [median(first)!, median(last)!];
  const apart = Math.abs(lastMs - firstMs);
  const isFar = apart > FLOOR_MS && apart > SHARE * Math.min(firstMs, lastMs);
  const above = mannWhitney(first, last)!.above;
  return { steady: !(isFar && (above > SURE || above < 1 - SURE)), firstMs, lastMs };
}

function known(values: readonly (number | null)[]): number[] {
  return values.filter((value) => value !== null);
}
