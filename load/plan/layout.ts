import type { ProbesPlan } from '../../bots/probes-plan.ts';
import type { FaultInput } from '../../faults/registry.ts';
import type { Labels } from '../../measure/metrics/metric-key.ts';
import type { RunPlan } from '../../measure/run-record/run-record.ts';

/** A scenario laid out in time: who does what, where and when. Pure data; times in ms since the run's start. */
export interface Layout {
  /** Whole seconds. */
  readonly phases: RunPlan['phases'];
  /** Names of the probes' rooms, by number. */
  readonly rooms: readonly string[];
  readonly roomLabels: readonly Labels[];
  readonly botLabels: readonly Labels[];
  readonly probes: ProbesPlan;
  /** `network` is the one that the crowd connects through; null for straight to the target. */
  readonly crowd: { readonly rooms: readonly string[]; readonly untilMs: number; readonly network: string | null };
  /** The proxies between bots and target, by name: a bot's network is one of them. Without any, bots connect directly. */
  readonly networks: readonly string[];
  readonly faults: readonly TimedFault[];
  /** Names or files of the personas among the probes. */
  readonly personas: readonly string[];
  readonly calibration: CalibrationPlan;
  readonly matrix: RunPlan['matrix'];
  readonly outages: RunPlan['outages'];
  readonly load: Pick<RunPlan['load'], 'talkers' | 'rooms' | 'ratePerTalker' | 'arrivals'> & {
    /** Probes that are connected at a time, at most. */
    readonly bots: number;
  };
}

/** The probes that measure the harness itself: as many as will be connected at a time, in as many rooms. */
export interface CalibrationPlan {
  readonly seed: string;
  readonly rooms: number;
  readonly talkers: number;
  readonly listeners: number;
}

/** Something that goes wrong for a time: on a network, or with the server. */
export type TimedFault = { readonly name: string; readonly onAt: number; readonly offAt: number } & (
  | {
      readonly kind: 'links';
      readonly network: string;
      readonly faults: readonly FaultInput[];
      /** How many times, one second apart. */
      readonly times: number;
    }
  /** Killed, and started again after `downMs`; or told to end, and started again at once. */
  | { readonly kind: 'server'; readonly how: 'kill' | 'restart'; readonly downMs: number }
);

/** How a run can end the server and start it again. */
export type ServerControl = Readonly<Record<'kill' | 'restart', boolean>>;

/** The names of a run's rooms, by number. */
export function roomNames(rooms: number): string[] {
  return Array.from({ length: rooms }, (_, room) => `storm-${room + 1}`);
}
