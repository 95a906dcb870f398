import type { RunRecord } from '../../measure/run-record/run-record.ts';
import { count, percent } from './quantities.ts';

/** Above it, a core is too busy for its times to mean anything: the limit of the gate. */
const MOST_BUSY = 0.8;
/** Below it, what a delivery costs cannot be told. */
const LEAST_BUSY = 0.05;

/** How much the crowd heard, what that took, and how much it can hear on this machine; undefined where that cannot be told. */
export function crowdLimitWords(record: RunRecord): string | undefined {
  const { phases, timeline, vitals, load, environment } = record;
  const measured = (series: readonly (number | null)[] = []) =>
    meanOf(series.slice(phases.warmup, phases.warmup + phases.measure));
  const deliveries = measured(timeline.counters['delivery.delivered{by=crowd}']);
  const share = vitals.flatMap(({ gauges }) => measured(gauges['cpu{role=crowd}']) ?? [])[0];
  if (deliveries === undefined || share === undefined || share / 100 < LEAST_BUSY) return undefined;
  // The engine of our own uses all of Artillery's worker threads, the other one of them.
  const threads = load.engine?.name === 'chatstorm' ? Math.max(1, environment.cpus - 1) : 1;
  const most = roughly((deliveries * MOST_BUSY * threads) / (share / 100));
  return `the crowd received ${count(Math.round(deliveries))} deliveries/s with ${percent(share / 100)} of a core: its limit here is about ${count(most)} deliveries/s`;
}

function meanOf(series: readonly (number | null)[]): number | undefined {
  const known = series.filter((value) => value !== null);
  return known.length === 0 ? undefined : known.reduce((sum, value) => sum + value, 0) / known.length;
}

/** To two digits. */
function roughly(value: number): number {
  return Number(value.toPrecision(2));
}
