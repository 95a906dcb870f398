import type { Dialect } from '../bots/dialect.ts';
import type { TroupePlan } from '../bots/troupe.ts';

/** What the conductor tells the probes; user info and auth of the target travel only here, never by file or argument. */
export type ToProbes = { readonly start: ProbesOrder } | { readonly stop: true };

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

/** What the probes tell the conductor: ready for an order; done with it. */
export type FromProbes = { readonly ready: true } | { readonly done: true };

/** What the crowd needs beyond the scenario file, as JSON in the environment variable {@link CROWD_ORDER}. */
export interface CrowdOrder {
  readonly folder: string;
  readonly runId: string;
  readonly seed: string;
}

export const CROWD_ORDER = 'CHATSTORM_CROWD';
export const CROWD_TARGET = 'CHATSTORM_TARGET';
