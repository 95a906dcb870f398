/** Runs that searched for a capacity, made up. */

import type { RunRecord } from '../../measure/run-record/run-record.ts';
import { recordOf } from './records.ts';

export const search: NonNullable<RunRecord['search']> = {
  ...{ find: 'users', from: 100, most: 10_000, unit: 20, users: 0, roomSize: 20, userRate: 1, window: 5 },
  ...{ precision: 1.1, good: 0.9, confidence: 0.95, until: 900 },
  slo: ['broadcast.latency.p99 < 250ms', 'delivery.lost == 0'],
};

export const capacity: NonNullable<RunRecord['capacity']> = {
  ...{ confirmed: 1800, refuted: 1960, windows: { seen: 29, held: 29 }, confidence: 0.953, end: 'confirmed' },
  ...{ isAtLeast: false, ceiling: 9000, estimate: null, law: null, recovered: true, recoveryS: 0, levels: [] },
  isGeneratorBound: false,
  broke: ['delivery.lost == 0'],
  gaveWay: { resource: 'loop', value: 240 },
};

/** A run that found this, with the interval that it is known by. */
export function searched(found: Partial<NonNullable<RunRecord['capacity']>> = {}): RunRecord {
  const whole = { ...capacity, ...found };
  const { confirmed, refuted } = whole;
  const metrics =
    confirmed === null ? {} : ({ 'capacity.confirmed': { unit: '1', value: confirmed } } as RunRecord['metrics']);
  const intervals =
    confirmed === null || refuted === null
      ? {}
      : { 'capacity.confirmed': { low: confirmed, high: refuted, replicates: [confirmed, refuted] } };
  return { ...recordOf({ metrics, intervals }), search, capacity: whole };
}
