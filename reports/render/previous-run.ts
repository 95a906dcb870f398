import { knownNumberOf, numberOf, samplesOf, slowestBack } from '../../measure/run-record/read-metrics.ts';
import type { RunRecord } from '../../measure/run-record/run-record.ts';
import type { PreviousRun } from './page-record.ts';

/** What the report of the run after it says of a run; null without one. */
export function previousOf(record: RunRecord | undefined): PreviousRun | null {
  if (!record) return null;
  const latency = samplesOf(record, 'broadcast.latency');
  return {
    id: record.id,
    startedAt: record.startedAt,
    p50: latency?.p50 ?? null,
    p99: latency?.p99 ?? null,
    delivered: knownNumberOf(record, 'delivery.ratio') ?? null,
    lost: numberOf(record, 'delivery.lost'),
    duplicate: numberOf(record, 'delivery.duplicate'),
    slowestBack: slowestBack(record),
  };
}
