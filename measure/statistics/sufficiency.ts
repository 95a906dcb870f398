/** Samples beyond a percentile that make it worth its name. */
const BEYOND = 6;

/** Whether so many independent samples are enough for a percentile. */
export function isSufficient(percent: number, independent: number): boolean {
  return Math.round(independent * (100 - percent)) >= BEYOND * 100;
}

/** How many independent samples a percentile needs: 120 for p95, 600 for p99. */
export function samplesFor(percent: number): number {
  return Math.round((BEYOND * 100) / (100 - percent));
}
