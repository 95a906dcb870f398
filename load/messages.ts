import type { Door } from '../bots/connection.ts';
import type { Dialect } from '../bots/dialect.ts';
import type { LinkFault } from '../bots/persona.ts';
import type { TroupePlan } from '../bots/troupe-plan.ts';
import type { FaultInput } from '../faults/fault.ts';
import type { FaultEvent } from '../measure/events.ts';
import type { Labels } from '../measure/keys.ts';
import type { CalibrationPlan, Floor } from './calibration.ts';

/** What the conductor tells the probes; user info and auth of the target travel only here, never by file or argument. */
export type ToProbes =
  | { readonly calibrate: { readonly url: string; readonly plan: CalibrationPlan } }
  | { readonly start: ProbesOrder }
  | { readonly fault: FaultEvent }
  | { readonly stop: true };

export interface ProbesOrder {
  readonly folder: string;
  readonly runId: string;
  /** The run's start on the host's monotonic clock, ms. */
  readonly startAt: number;
  readonly doors: readonly Door[];
  readonly dialect: Dialect;
  readonly rooms: readonly string[];
  readonly roomLabels: readonly Labels[];
  readonly botLabels: readonly Labels[];
  readonly plan: TroupePlan;
  readonly personas: readonly string[];
}

/** What the probes tell the conductor: ready for an order; what the harness itself adds; done. */
export type FromProbes =
  | { readonly ready: true }
  | { readonly floor: Floor }
  /** A persona wants something to happen to a bot's link, or to be over. */
  | { readonly network: { readonly bot: number; readonly fault: string; readonly link: readonly LinkFault[] | null } }
  | { readonly done: true };

/** What the conductor tells the proxy. Faults go by the name that they have in the run. */
export type ToProxy =
  | { readonly open: ProxyOrder }
  | { readonly start: { readonly folder: string; readonly startAt: number } }
  | { readonly on: DoorFault }
  | { readonly off: Pick<DoorFault, 'name' | 'bots'> };

/** What goes wrong at a door, and whom that touches: everyone, where nobody is named. */
export interface DoorFault {
  readonly name: string;
  readonly door: string;
  readonly faults: readonly FaultInput[];
  /** How often, a second apart. */
  readonly times: number;
  readonly bots?: readonly number[];
}

export interface ProxyOrder {
  readonly target: { readonly host: string; readonly port: number };
  readonly seed: string;
  /** The names of the doors; each is a proxy of its own. */
  readonly doors: readonly string[];
}

/** What the proxy tells the conductor: ready for an order; where its doors are; when a fault really began or ended. */
export type FromProxy =
  | { readonly ready: true }
  | { readonly doors: Readonly<Record<string, string>> }
  | { readonly change: FaultEvent };

/** What the crowd needs beyond the scenario file, as JSON in the environment variable {@link CROWD_ORDER}. */
export interface CrowdOrder {
  readonly folder: string;
  readonly runId: string;
  readonly seed: string;
  readonly rooms: readonly string[];
  readonly untilMs: number;
}

export const CROWD_ORDER = 'CHATSTORM_CROWD';
export const CROWD_TARGET = 'CHATSTORM_TARGET';

/** Where a child writes its signs of life, and under which name; environment variables. */
export const PULSE_FOLDER = 'CHATSTORM_PULSE_FOLDER';
export const PULSE_SOURCE = 'CHATSTORM_PULSE_SOURCE';
