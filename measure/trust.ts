/** The gates that a run must pass before its figures say anything about the server. Pure; limits after design and test. */

export interface TrustInput {
  /** p99 of how late messages were handed over, ms; undefined without samples. */
  readonly lagP99: number | undefined;
  /** p99 of `broadcast.latency`, ms; undefined without samples. */
  readonly latencyP99: number | undefined;
  /** The probes' event-loop utilisation, 0 to 1, by second of the measured interval; null where it is missing. */
  readonly loopUtilization: readonly (number | null)[];
  /** Messages that the schedule holds for the measured interval; undefined where the run was cut short. */
  readonly offered: number | undefined;
  /** Messages that came due in it. */
  readonly achieved: number;
  /** Children that died outside a fault, by role. */
  readonly deaths: readonly { readonly role: string; readonly how: string }[];
  /** Expected pairs, and the sum of their outcomes. */
  readonly expected: number;
  readonly accounted: number;
}

/** Why a run is not to be believed. */
export type Breach =
  | { readonly gate: 'lag'; readonly p99Ms: number; readonly limitMs: number }
  | { readonly gate: 'busy'; readonly utilization: number; readonly limit: number }
  | { readonly gate: 'rate'; readonly offered: number; readonly achieved: number }
  | { readonly gate: 'death'; readonly role: string; readonly how: string }
  | { readonly gate: 'balance'; readonly expected: number; readonly accounted: number };

const LAG_FLOOR_MS = 5;
const LAG_SHARE = 0.1;
const BUSY_LIMIT = 0.8;
const BUSY_SECONDS = 5;
const RATE_TOLERANCE = 0.02;

/** Every gate that was breached, in the order in which they should be told. */
export function checkTrust(input: TrustInput): Breach[] {
  const breaches: Breach[] = input.deaths.map(({ role, how }) => ({ gate: 'death', role, how }));
  const limitMs = Math.max(LAG_FLOOR_MS, LAG_SHARE * (input.latencyP99 ?? 0));
  if (input.lagP99 !== undefined && input.lagP99 > limitMs)
    breaches.push({ gate: 'lag', p99Ms: input.lagP99, limitMs });
  const utilization = highestMean(input.loopUtilization, BUSY_SECONDS);
  if (utilization > BUSY_LIMIT) breaches.push({ gate: 'busy', utilization, limit: BUSY_LIMIT });
  if (input.offered !== undefined && Math.abs(input.achieved - input.offered) > RATE_TOLERANCE * input.offered) {
    breaches.push({ gate: 'rate', offered: input.offered, achieved: input.achieved });
  }
  if (input.expected !== input.accounted) {
    breaches.push({ gate: 'balance', expected: input.expected, accounted: input.accounted });
  }
  return breaches;
}

/** The highest mean of `length` consecutive known values; 0 where there are fewer. */
function highestMean(values: readonly (number | null)[], length: number): number {
  const known = values.filter((value) => value !== null);
  let highest = 0;
  for (let end = length; end <= known.length; end++) {
    const sum = known.slice(end - length, end).reduce((a, b) => a + b, 0);
    highest = Math.max(highest, sum / length);
  }
  return highest;
}
