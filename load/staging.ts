import type { TroupePlan } from '../bots/troupe-plan.ts';
import type { FaultInput } from '../faults/fault.ts';
import type { Labels } from '../measure/keys.ts';
import type { RunPlan } from '../measure/run-record.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import type { CalibrationPlan } from './calibration.ts';
import { stageMatrix } from './matrix-staging.ts';
import { stageProbes } from './probes-staging.ts';

/** What a scenario comes to on stage: who does what, where and when. Pure; times in ms since the run's start. */
export interface Staging {
  /** Whole seconds. */
  readonly phases: RunPlan['phases'];
  /** Names of the probes' rooms, by number. */
  readonly rooms: readonly string[];
  readonly roomLabels: readonly Labels[];
  readonly botLabels: readonly Labels[];
  readonly troupe: TroupePlan;
  /** `door` is the one that it comes by; null for straight in. */
  readonly crowd: { readonly rooms: readonly string[]; readonly untilMs: number; readonly door: string | null };
  /** The proxies between bots and target, by name: a bot's door is one of them. Without any, bots go straight in. */
  readonly doors: readonly string[];
  readonly faults: readonly TimedFault[];
  /** Names or files of the personas that are in the troupe. */
  readonly personas: readonly string[];
  readonly calibration: CalibrationPlan;
  readonly matrix: RunPlan['matrix'];
  readonly outages: RunPlan['outages'];
  readonly load: Pick<RunPlan['load'], 'talkers' | 'rooms' | 'ratePerTalker' | 'arrivals'> & {
    /** Probes that are connected at a time, at most. */
    readonly bots: number;
  };
}

/** Something that goes wrong for a time: at a door, or with the server. */
export type TimedFault = { readonly name: string; readonly onAt: number; readonly offAt: number } & (
  | {
      readonly kind: 'links';
      readonly door: string;
      readonly faults: readonly FaultInput[];
      /** How often, a second apart. */
      readonly times: number;
    }
  /** Killed, and started again after `downMs`; or told to end, and started again at once. */
  | { readonly kind: 'server'; readonly how: 'kill' | 'restart'; readonly downMs: number }
);

/** `ownsServer` says whether the server is ours, to be killed and started again. */
export function stagingOf({ troupe, dialect }: Scenario, seed: string, ownsServer: boolean): Staging {
  return troupe.kind === 'matrix'
    ? stageMatrix(troupe, dialect.join !== null, seed)
    : stageProbes(troupe, ownsServer, seed);
}
