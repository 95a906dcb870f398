/** The parts of a load that is split over workers, in words. */

import type { RunPlan, RunRecord } from '../../measure/run-record/run-record.ts';
import { count, counted, ms } from './quantities.ts';

type Shard = RunRecord['shards'][number];

/** How a load is split; undefined where it is whole. */
export function splitWords({ load: { shards } }: Pick<RunPlan, 'load'>): string | undefined {
  if (!shards) return undefined;
  const [first] = shards;
  const each = first ? `about ${counted(first.probes, 'probe')} and ${counted(first.users, 'user')} each` : '';
  return `${counted(shards.length, 'shard')}, ${each}`;
}

/** A shard in one line. */
export function shardWords({
  number,
  worker,
  host,
  deliveriesPerSecond,
  lagP99Ms,
  clockBoundMs,
  startLateMs,
}: Shard): string {
  const told = [
    `${count(Math.round(deliveriesPerSecond))} deliveries/s`,
    ...(lagP99Ms === null ? [] : [`lag p99 ${ms(lagP99Ms)}`]),
    ...(clockBoundMs === null ? [] : [`clock ± ${ms(clockBoundMs)}`]),
    ...(startLateMs === null ? [] : [`started ${ms(startLateMs)} late`]),
  ];
  return `${number} by ${worker}${host === '' ? '' : ` (${host})`}: ${told.join(', ')}`;
}

/** The slowest shard, by how late it sent; undefined where there are not several. */
export function slowestShard(shards: readonly Shard[]): Shard | undefined {
  if (shards.length < 2) return undefined;
  return shards.toSorted((a, b) => (b.lagP99Ms ?? 0) - (a.lagP99Ms ?? 0))[0];
}
