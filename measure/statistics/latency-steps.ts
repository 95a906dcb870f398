/** Latency in steps of a tenth of a decade from 0.1 ms on, as a heatmap shows it. */

const LOWEST_MS = 0.1;
const PER_DECADE = 10;

/** The number of the step that a latency lies in; what is shorter than all of them is in step 0. */
export function latencyStepOf(ms: number): number {
  return Math.max(0, Math.floor(Math.log10(ms / LOWEST_MS) * PER_DECADE));
}

/** Where a step begins, ms; it ends where the next one begins. */
export function latencyStepStart(step: number): number {
  return LOWEST_MS * 10 ** (step / PER_DECADE);
}
