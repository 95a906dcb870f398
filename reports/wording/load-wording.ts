import type { RunPlan } from '../../measure/run-record/run-record.ts';
import { count, counted, plainNumber } from './quantities.ts';

/** What was put on a target, and for how long it was measured. */
export interface LoadFigures {
  readonly users: number;
  readonly probes: number;
  readonly rooms: number;
  /** 0 where it is not known beforehand. */
  readonly messagesPerSecond: number;
  readonly measuredSeconds: number;
}

/** How many users a crowd has; of a search, at most. */
export function crowdSize({ load: { users }, search }: Pick<RunPlan, 'load' | 'search'>): string {
  const what = counted(users, 'crowd user');
  return search && search.find !== 'rate' ? `up to ${what}` : what;
}

/** What drives the crowd, where it is not what scenarios usually name, and why. */
export function engineWords({ name, chosenBy, limits }: NonNullable<RunPlan['load']['engine']>): string[] {
  if (name === 'socketio-v3') return [];
  const driven = `driven by artillery-engine-${name}`;
  if (chosenBy !== 'load' || !limits) return [driven];
  const { users, deliveriesPerSecond, cores } = limits;
  const most = `${count(users)} users or ${count(deliveriesPerSecond)} deliveries/s on ${counted(cores, 'core')}`;
  return [`${driven}: artillery-engine-socketio-v3 carries at most ${most}`];
}

/** A load in a line: `200 crowd users, 20 probes, 4 rooms, 10 messages/s, 60 s measured`. */
export function loadWords({ users, probes, rooms, messagesPerSecond, measuredSeconds }: LoadFigures): string {
  return [
    users === 0 ? 'no crowd' : counted(users, 'crowd user'),
    counted(probes, 'probe'),
    counted(rooms, 'room'),
    ...(messagesPerSecond === 0 ? [] : [`${plainNumber(messagesPerSecond)} messages/s`]),
    `${count(measuredSeconds)} s measured`,
  ].join(', ');
}
