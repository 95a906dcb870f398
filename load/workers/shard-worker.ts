import { mkdtempSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { capitalized } from '../../base/capitalized.ts';
import { UsageError } from '../../base/errors.ts';
import type { RunRecord } from '../../measure/run-record/run-record.ts';
import type { AddFindings } from '../folder/run-folder.ts';
import { checkTarget } from '../plan/target.ts';
import { openRedis } from './redis-client.ts';
import { BrokenSealError, Seal } from './sealing.ts';
import { isStale, type ShardOrder } from './shard-order.ts';
import { takeShards } from './shard-queue.ts';
import { ShardRun } from './shard-run.ts';

/** How long a worker that is told to end may take: what its shard has not sent by then stays on its disk. */
const CLOSE_MS = 20_000;

export interface WorkerSpec {
  readonly redis: string;
  readonly secret: string;
  /** What the worker is called. */
  readonly name: string;
  /** The host of a target that is not this machine and may be loaded. */
  readonly iOwn: string | undefined;
  readonly addFindings: AddFindings;
  /** Told of what happens, a sentence each. */
  readonly say: (sentence: string) => void;
}

/** Takes shards off the queue, one at a time, until it is closed. */
export class ShardWorker {
  readonly #spec: WorkerSpec;
  readonly #redis: Redis;
  readonly #seal: Seal;
  #taking: { close(): Promise<void> } | undefined;
  #current: ShardRun | undefined;

  private constructor(spec: WorkerSpec, redis: Redis) {
    this.#spec = spec;
    this.#redis = redis;
    this.#seal = new Seal(spec.secret);
  }

  /** Rejects with a UsageError where Redis cannot be reached. */
  static async open(spec: WorkerSpec): Promise<ShardWorker> {
    const worker = new ShardWorker(spec, await openRedis(spec.redis));
    worker.#taking = await takeShards(worker.#redis, spec.name, async (sealed) => {
      const order = openOrder(worker.#seal, sealed, spec);
      if (order) await worker.#make(order);
    });
    return worker;
  }

  /** Ends what it does in order, and takes nothing more. */
  async close(): Promise<void> {
    this.#current?.stop();
    await Promise.race([this.#taking?.close(), pause(CLOSE_MS)]);
  }

  async #make(order: ShardOrder): Promise<void> {
    const spec = this.#spec;
    const { shard, runId, target } = order;
    const what = `shard ${shard.number} of ${shard.of} of run ${runId}`;
    const folder = mkdtempSync(join(tmpdir(), 'chatstorm-shard-'));
    const about = { worker: spec.name, host: hostname(), folder, addFindings: spec.addFindings };
    const home = { redis: this.#redis, seal: this.#seal, ...about };
    const run = new ShardRun(order, home);
    try {
      checkTarget(new URL(target).origin, spec.iOwn);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      spec.say(`Refused ${what}: ${error.message}`);
      await run.refuse(error.message);
      return rmSync(folder, { recursive: true, force: true });
    }
    spec.say(`Takes ${what}.`);
    this.#current = run;
    const { record, hasArrived } = await run.make();
    this.#current = undefined;
    spec.say(`${capitalized(what)} ${record ? endOf(record) : 'was not made'}.`);
    if (hasArrived || !record) rmSync(folder, { recursive: true, force: true });
    else spec.say(`The conductor has not fetched all of it: it is kept in ${folder}.`);
  }
}

/** Undefined where it is none to be obeyed. */
function openOrder(seal: Seal, sealed: string, { say }: WorkerSpec): ShardOrder | undefined {
  try {
    const order = seal.open(sealed) as ShardOrder;
    if (!isStale(order)) return order;
    say('Refused an order that is too old, or of a clock that is far off.');
  } catch (error) {
    if (!(error instanceof BrokenSealError)) throw error;
    say('Refused an order that was not sealed with the secret of this worker.');
  }
  return undefined;
}

function endOf({ metrics, state }: RunRecord): string {
  const delivered = metrics['delivery.delivered'];
  const n = delivered && 'value' in delivered ? delivered.value : 0;
  return `is over${state === 'partial' ? ', cut short' : ''}: ${n} deliveries`;
}
