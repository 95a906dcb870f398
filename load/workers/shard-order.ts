import type { Scenario } from '../../scenarios/scenario.ts';
import type { RunRequest } from '../plan/run-request.ts';
import type { ShardPart } from '../plan/shard-part.ts';

/** An order is not obeyed for longer: what somebody kept of it cannot be used again later. */
const VALID_MS = 600_000;

/** What a worker is to do, as it travels, sealed: with all that is secret of the target. */
export interface ShardOrder {
  readonly at: number;
  readonly runId: string;
  readonly shard: ShardPart;
  readonly target: string;
  readonly request: Pick<RunRequest, 'users' | 'engine' | 'seed' | 'owned'> & { readonly scenario: Scenario };
}

/** The order for a part of a run's load, against a target. */
export function orderOf(
  { id, scenario, users, engine, seed, owned }: RunRequest,
  shard: ShardPart,
  target: URL,
): ShardOrder {
  return { at: Date.now(), runId: id, shard, target: target.href, request: { scenario, users, engine, seed, owned } };
}

/** Whether an order is too old, or of a clock that is far off. */
export function isStale({ at }: ShardOrder): boolean {
  return Math.abs(Date.now() - at) > VALID_MS;
}
