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
  readonly crowd: { readonly rooms: readonly string[]; readonly untilMs: number };
  /** The proxies between bots and target, by name: a bot's door is one of them. Without any, bots go straight in. */
  readonly doors: readonly string[];
  readonly faults: readonly TimedFault[];
  readonly calibration: CalibrationPlan;
  readonly matrix: RunPlan['matrix'];
  readonly load: Pick<RunPlan['load'], 'talkers' | 'rooms' | 'ratePerTalker' | 'arrivals'> & {
    /** Probes that are connected at a time, at most. */
    readonly bots: number;
  };
}

/** Something that goes wrong at a door for a time. */
export interface TimedFault {
  readonly name: string;
  readonly door: string;
  readonly onAt: number;
  readonly offAt: number;
  readonly faults: readonly FaultInput[];
}

export function stagingOf(scenario: Scenario, seed: string): Staging {
  const { troupe, dialect } = scenario;
  return troupe.kind === 'matrix' ? stageMatrix(troupe, dialect.join !== null, seed) : stageProbes(troupe, seed);
}
