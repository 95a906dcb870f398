import { cpus } from 'node:os';
import type { RunPlan } from '../../measure/run-record/run-record.ts';

/** The engines of Artillery that can drive the crowd, as scenarios name them. */
export const crowdEngines = ['socketio-v3', 'chatstorm'] as const;
export type CrowdEngine = (typeof crowdEngines)[number];

/** What artillery-engine-socketio-v3 carries for each core of the machine, as measured on two. */
const USERS_PER_CORE = 200;
const DELIVERIES_PER_CORE = 5000;

/** The engine of a run, and why. */
export type ChosenEngine = NonNullable<RunPlan['load']['engine']>;

/** What of a run decides. */
export interface CrowdSize {
  readonly users: number;
  /** Deliveries to crowd users a second. */
  readonly deliveriesPerSecond: number;
}

/** The engine that was asked for; otherwise the scenario's, or the engine of our own where that is too slow for the crowd. */
export function chooseEngine(asked: CrowdEngine | undefined, written: string, size: CrowdSize): ChosenEngine {
  if (asked) return { name: asked, chosenBy: 'option', limits: null };
  const cores = cpus().length;
  const limits = { users: USERS_PER_CORE * cores, deliveriesPerSecond: DELIVERIES_PER_CORE * cores, cores };
  const isTooMuch = size.users > limits.users || size.deliveriesPerSecond > limits.deliveriesPerSecond;
  if (written === 'socketio-v3' && isTooMuch) return { name: 'chatstorm', chosenBy: 'load', limits };
  return { name: written, chosenBy: 'scenario', limits: null };
}
