/** The gates that a run must pass before its figures say anything about the server. Pure; limits after design and test. */

import type { ProcessEnd } from '../metrics/events.ts';
import type { RunRecord } from '../run-record/run-record.ts';
import type { Starvation } from './cross-check.ts';
import {
  type Baseline,
  baselineBreaches,
  type FailedPersona,
  type Participation,
  participationBreaches,
} from './substance.ts';

type Series = readonly (number | null)[];
/** What of ours could be the bottleneck. */
export type GeneratorRole = 'probes' | 'crowd' | 'proxy';

/** How the load generator did. */
export interface GeneratorHealth {
  /** p99 of how late messages were handed over, ms; undefined without samples. */
  readonly lagP99: number | undefined;
  /** How late they may be, where a tenth of the latency is less, ms. */
  readonly lagLimitMs: number;
  /** p99 of `broadcast.latency`, ms; undefined without samples. */
  readonly latencyP99: number | undefined;
  /** Event-loop utilisation, 0 to 1, by second of the measured interval; null where it is missing. */
  readonly loopUtilization: Readonly<Record<GeneratorRole, Series>>;
  /** The longest time without a sign of life, as seen from outside, ms, by second of the measured interval. */
  readonly loopStall: Readonly<Record<GeneratorRole, Series>>;
}

export interface TrustInput extends GeneratorHealth {
  /** Messages that the schedule holds for the measured interval; undefined where the run was cut short. */
  readonly offered: number | undefined;
  readonly messages: Readonly<Record<'scheduled' | 'sent' | 'dropped' | 'ok' | 'refused' | 'info', number>>;
  /** Children that died outside a fault, by role. */
  readonly deaths: readonly { readonly role: string; readonly end: ProcessEnd; readonly said: readonly string[] }[];
  /** Expected pairs, and the sum of their outcomes. */
  readonly expected: number;
  readonly accounted: number;
  readonly starved: Starvation | undefined;
  /** What was asked for and what was measured; undefined where the run was cut short. */
  readonly substance:
    | {
        readonly participation: readonly Participation[];
        readonly baselines: readonly Baseline[];
        readonly untested: readonly string[];
        /** Faults that were asked for and not made. */
        readonly unmade: readonly string[];
        readonly failedPersonas: readonly FailedPersona[];
        /** How soon a silent link is noticed, ms; null if unknown. */
        readonly noticedAfterMs: number | null;
      }
    | undefined;
  /** What a process, and this machine, can have; and what the run wants. Null where it is not known. */
  readonly headroom: Readonly<
    Record<'descriptors' | 'ports', { readonly wanted: number; readonly available: number | null }>
  >;
}

/** Why a run is invalid. */
export type Breach = RunRecord['verdict']['breaches'][number];
type HealthBreach = Extract<Breach, { gate: 'stall' | 'busy' | 'lag' }>;

const LAG_SHARE = 0.1;
const BUSY_SECONDS = 5;
const RATE_TOLERANCE = 0.02;
/** Probes and proxy must never be the bottleneck; the crowd may be busy, but not have more to do than it can. */
const busyLimits: Readonly<Record<GeneratorRole, number>> = { probes: 0.8, crowd: 0.95, proxy: 0.8 };
const stallLimitsMs: Readonly<Record<GeneratorRole, number>> = { probes: 300, crowd: 1000, proxy: 300 };

/** Every gate that was breached, causes before what they cause. */
export function checkTrust(input: TrustInput): Breach[] {
  return [
    ...input.deaths.map(({ role, end, said }) => ({ gate: 'death' as const, role, end, said: [...said] })),
    ...headroomBreaches(input),
    ...substanceBreaches(input),
    ...healthBreaches(input),
    ...(input.starved ? [{ gate: 'starved', ...input.starved } as const] : []),
    ...sumBreaches(input),
  ];
}

/** The gates that a generator breached by being busy for some seconds, standing still, or sending late. */
export function healthBreaches(health: GeneratorHealth, busySeconds = BUSY_SECONDS): HealthBreach[] {
  return [
    ...(['crowd', 'proxy', 'probes'] as const).flatMap((role) => loopBreaches(role, health, busySeconds)),
    ...lagBreaches(health),
  ];
}

function substanceBreaches({ substance }: TrustInput): Breach[] {
  if (!substance) return [];
  const { participation, baselines, untested, unmade, failedPersonas, noticedAfterMs } = substance;
  return [
    ...participationBreaches(participation),
    ...baselineBreaches(baselines),
    ...failedPersonas.map((failed) => ({ gate: 'persona' as const, ...failed, reasons: [...failed.reasons] })),
    ...(unmade.length > 0 ? [{ gate: 'unmade' as const, faults: [...unmade] }] : []),
    ...(untested.length > 0 ? [{ gate: 'untested' as const, faults: [...untested], noticedAfterMs }] : []),
  ];
}

function headroomBreaches({ headroom }: TrustInput): Breach[] {
  return (['descriptors', 'ports'] as const).flatMap((resource) => {
    const { wanted, available } = headroom[resource];
    return available !== null && wanted > available ? [{ gate: 'headroom', resource, wanted, available } as const] : [];
  });
}

function loopBreaches(
  role: GeneratorRole,
  { loopUtilization, loopStall }: GeneratorHealth,
  busySeconds: number,
): HealthBreach[] {
  const breaches: HealthBreach[] = [];
  const stallMs = Math.max(0, ...known(loopStall[role]));
  const limitMs = stallLimitsMs[role];
  if (stallMs > limitMs) breaches.push({ gate: 'stall', role, stallMs, limitMs });
  const utilization = highestMean(loopUtilization[role], busySeconds);
  const limit = busyLimits[role];
  if (utilization > limit) breaches.push({ gate: 'busy', role, utilization, limit });
  return breaches;
}

function lagBreaches({ lagP99, lagLimitMs, latencyP99 = 0 }: GeneratorHealth): HealthBreach[] {
  const limitMs = Math.max(lagLimitMs, LAG_SHARE * latencyP99);
  return lagP99 !== undefined && lagP99 > limitMs ? [{ gate: 'lag', p99Ms: lagP99, limitMs }] : [];
}

function sumBreaches({ offered, messages, expected, accounted }: TrustInput): Breach[] {
  const breaches: Breach[] = [];
  const { scheduled, sent, dropped, ok, refused, info } = messages;
  if (offered !== undefined && Math.abs(scheduled - offered) > RATE_TOLERANCE * offered) {
    breaches.push({ gate: 'rate', offered, achieved: scheduled });
  }
  if (scheduled !== sent + dropped || sent !== ok + refused + info)
    breaches.push({ gate: 'conservation', ...messages });
  if (expected !== accounted) breaches.push({ gate: 'balance', expected, accounted });
  return breaches;
}

/** The highest mean of `length` consecutive known values; 0 where there are fewer. */
function highestMean(values: Series, length: number): number {
  const numbers = known(values);
  let highest = 0;
  for (let end = length; end <= numbers.length; end++) {
    const sum = numbers.slice(end - length, end).reduce((a, b) => a + b, 0);
    highest = Math.max(highest, sum / length);
  }
  return highest;
}

function known(values: Series): number[] {
  return values.filter((value) => value !== null);
}
