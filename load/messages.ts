import type { Dialect } from '../bots/dialect.ts';
import type { TroupePlan } from '../bots/troupe.ts';
import type { Floor } from './calibration.ts';

/** What the conductor tells the probes; user info and auth of the target travel only here, never by file or argument. */
export type ToProbes =
  | { readonly calibrate: Pick<ProbesOrder, 'url' | 'rooms' | 'plan'> }
  | { readonly start: ProbesOrder }
  | { readonly stop: true };

export interface ProbesOrder {
  readonly folder: string;
  readonly runId: string;
  /** The run's start on the host's monotonic clock, ms. */
  readonly startAt: number;
  readonly url: string;
  readonly dialect: Dialect;
  readonly rooms: readonly string[];
  readonly plan: TroupePlan;
}

/** What the probes tell the conductor: ready for an order; what the harness itself adds; done. */
export type FromProbes = { readonly ready: true } | { readonly floor: Floor } | { readonly done: true };

/** What the crowd needs beyond the scenario file, as JSON in the environment variable {@link CROWD_ORDER}. */
export interface CrowdOrder {
  readonly folder: string;
  readonly runId: string;
  readonly seed: string;
}

export const CROWD_ORDER = 'CHATSTORM_CROWD';
export const CROWD_TARGET = 'CHATSTORM_TARGET';

/** Where a child writes its signs of life, and under which name; environment variables. */
export const PULSE_FOLDER = 'CHATSTORM_PULSE_FOLDER';
export const PULSE_SOURCE = 'CHATSTORM_PULSE_SOURCE';
