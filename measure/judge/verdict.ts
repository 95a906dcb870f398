import type { ThresholdResult } from './thresholds.ts';
import type { Breach } from './trust.ts';

export type Outcome = 'pass' | 'fail' | 'unknown';

/** One outcome for many: fail beats unknown beats pass. */
export function worstOutcome(results: readonly { readonly outcome: Outcome }[]): Outcome {
  if (results.some((result) => result.outcome === 'fail')) return 'fail';
  return results.some((result) => result.outcome === 'unknown') ? 'unknown' : 'pass';
}

export interface Verdict {
  readonly outcome: Outcome;
  readonly thresholds: readonly ThresholdResult[];
  /** Why the run is invalid; empty for a valid run. */
  readonly breaches: readonly Breach[];
}
