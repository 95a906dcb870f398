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
  readonly search: RunPlan['search'];
  /** The proxies between bots and target, by name: a bot's network is one of them. Without any, bots connect directly. */
  readonly networks: readonly string[];
  readonly faults: readonly TimedFault[];
  /** Names or files of the personas among the probes. */
  readonly personas: readonly string[];
  readonly calibration: CalibrationPlan;
  readonly matrix: RunPlan['matrix'];
  readonly outages: RunPlan['outages'];
  /** The clients that vanish and come back; null where none do. */
  readonly absences: Pick<NonNullable<RunPlan['absences']>, 'cells' | 'to'> | null;
  /** The numbers of the first probe, and of the first user of the crowd, among all users of the run. */
  readonly firstProbe: number;
  readonly firstUser: number;
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

/** Something that goes wrong for a time: on a network, or with the target. */
export type TimedFault = { readonly name: string; readonly onAt: number; readonly offAt: number } & (
  | {
      readonly kind: 'links';
      readonly network: string;
      readonly faults: readonly FaultInput[];
      /** How many times, one second apart. */
      readonly times: number;
      /** Whose links it touches; everyone's by default. */
      readonly bots?: readonly number[];
    }
  /** What is done to which part of the target; `downMs` is how long it is away or silent. */
  | ({ readonly kind: 'target'; readonly downMs: number } & TargetAct)
);

/** What can be done to the target; of a restart of nodes, how long each is drained, and whether one waits for the other. */
export type TargetAct =
  | { readonly part: 'server'; readonly how: 'kill' | 'restart' }
  | { readonly part: 'nodes'; readonly how: 'kill' | 'freeze' }
  | {
      readonly part: 'nodes';
      readonly how: 'restart';
      readonly drainMs: number;
      readonly order: 'one-by-one' | 'all-at-once';
    }
  | { readonly part: 'redis'; readonly how: 'restart' | 'silence' }
  | { readonly part: 'balancer'; readonly how: 'reload' };

/** What a run can do to its target, each as `part-how` such as `nodes-kill`, and how many nodes that has. */
export interface TargetControl {
  readonly can: ReadonlySet<string>;
  readonly nodes: number;
}

/** The names of a run's rooms, by number. */
export function roomNames(rooms: number): string[] {
  return Array.from({ length: rooms }, (_, room) => `storm-${room + 1}`);
}
