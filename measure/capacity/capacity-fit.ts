import type { SeenWindow, Stage } from './capacity-search.ts';

/** Where between what held and what did not the limit is, by the windows of all levels. */
export interface CapacityFit {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
}

/** How steep the curve may be, per factor e of load: from a limit that is very noisy to one as sharp as a wall. */
const STEEPNESS = [4, 8, 16, 32, 64, 128, 256];
const POINTS = 200;
const TAIL = 0.025;
/** Here the windows before are seen as much as the level. */
const after: ReadonlySet<Stage> = new Set(['rest', 'overload', 'release']);

/**
 * A logistic curve through the windows: the share that holds at a level falls as its logarithm grows. The level at which `good`
 * of them still hold, and the interval that holds it with 95 %, with every steepness and every level between a quarter of the lowest and four times the
 * highest equally likely beforehand. Undefined where windows of either kind are missing.
 */
export function fitCapacity(windows: readonly SeenWindow[], good: number): CapacityFit | undefined {
  const counted = windows.flatMap(({ level, stage, held }) =>
    held === null || after.has(stage) ? [] : [{ at: Math.log(level), held }],
  );
  if (!counted.some(({ held }) => held) || counted.every(({ held }) => held)) return undefined;
  const ats = counted.map(({ at }) => at);
  const [from, to] = [Math.min(...ats) - Math.log(4), Math.max(...ats) + Math.log(4)];
  const levels = Array.from({ length: POINTS }, (_, i) => from + ((to - from) * i) / (POINTS - 1));
  const logOdds = Math.log(good / (1 - good));
  const weights = levels.map((limit) =>
    STEEPNESS.reduce((sum, steepness) => {
      const logLikelihood = counted.reduce((all, { at, held }) => {
        const odds = logOdds + steepness * (limit - at);
        return all - Math.log1p(Math.exp(held ? -odds : odds));
      }, 0);
      return sum + Math.exp(logLikelihood);
    }, 0),
  );
  const total = weights.reduce((a, b) => a + b, 0);
  const quantile = (share: number) => {
    let sum = 0;
    const i = weights.findIndex((weight) => {
      sum += weight;
      return sum >= share * total;
    });
    return Math.exp(levels[i < 0 ? POINTS - 1 : i]!);
  };
  return { estimate: quantile(0.5), low: quantile(TAIL), high: quantile(1 - TAIL) };
}
