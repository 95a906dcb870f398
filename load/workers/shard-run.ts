import { existsSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { hostNow } from '../../bots/clock.ts';
import type { RunRecord } from '../../measure/run-record/run-record.ts';
import type { Floor } from '../children/messages.ts';
import { conduct, InterruptedError, type RunHandle } from '../conduct/conductor.ts';
import { LocalGenerators } from '../conduct/generators.ts';
import type { AddFindings } from '../folder/run-folder.ts';
import type { RunRequest } from '../plan/run-request.ts';
import { shareOf } from '../plan/shard-part.ts';
import { FileSender } from './file-sender.ts';
import { RunChannel, type ToWorkers } from './run-channel.ts';
import type { Seal } from './sealing.ts';
import type { ShardOrder } from './shard-order.ts';

const SEND_MS = 250;
/** How long the start is waited for once the shard is ready. */
const START_MS = 120_000;
/** How long the conductor is waited for until all has arrived, behind the end. */
const KEEP_MS = 600_000;
/** The same where the worker was told to end. */
const STOPPED_MS = 10_000;

/** What a worker is, and what it may do. */
export interface ShardHome {
  readonly redis: Redis;
  readonly seal: Seal;
  readonly worker: string;
  readonly host: string;
  /** The run's folder on this machine; empty or new. */
  readonly folder: string;
  readonly addFindings: AddFindings;
}

/** What became of a shard: its own record, and whether all of its files have arrived at the conductor. */
export interface ShardEnd {
  readonly record: RunRecord | undefined;
  readonly hasArrived: boolean;
}

/** Makes a part of a load, as the conductor says: ready, started together with the others, and sent as it is written. */
export class ShardRun {
  readonly #order: ShardOrder;
  readonly #home: ShardHome;
  readonly #channel: RunChannel;
  readonly #files: FileSender;
  readonly #started = Promise.withResolvers<number>();
  #generators: LocalGenerators | undefined;
  #run: RunHandle | undefined;
  #isStopped = false;

  constructor(order: ShardOrder, home: ShardHome) {
    this.#order = order;
    this.#home = home;
    this.#channel = new RunChannel(home.redis, order.runId, home.seal);
    this.#files = new FileSender(home.folder);
  }

  /** Never rejects for what befalls the run. */
  async make(): Promise<ShardEnd> {
    const { worker, host } = this.#home;
    const shard = this.#order.shard.number;
    await this.#channel.toConductor({ shard, taken: { worker, host } });
    void this.#channel.hearConductor((message) => this.#heard(message));
    this.#run = conduct(
      this.#request(),
      { origin: new URL(this.#order.target).origin },
      observer(this.#home),
      (context) => {
        this.#generators = new LocalGenerators(context, (floor) => this.#awaitStart(floor));
        return this.#generators;
      },
    );
    let isOver = false;
    const sending = this.#send(() => isOver);
    let record: RunRecord | undefined;
    try {
      record = await this.#run.done;
    } catch (error) {
      if (!(error instanceof InterruptedError)) await this.refuse((error as Error).message);
    }
    isOver = true;
    await sending;
    const hasArrived = await this.#untilArrived();
    this.#channel.close();
    return { record, hasArrived };
  }

  /** Tells the conductor why the shard cannot be made. */
  async refuse(why: string): Promise<void> {
    await this.#channel.toConductor({ shard: this.#order.shard.number, refused: why });
  }

  /** Ends early, but in order. */
  stop(): void {
    this.#isStopped = true;
    this.#run?.interrupt('SIGTERM');
  }

  #request(): RunRequest {
    const { runId, shard, target, request } = this.#order;
    return {
      ...request,
      users: shareOf(request.users, shard).share,
      ...{ id: runId, shard, target: new URL(target), redis: undefined, workers: undefined },
      ...{ fitsHeartbeat: false, packages: undefined, labels: [], git: null, command: [], folder: this.#home.folder },
    };
  }

  async #awaitStart(floor: Floor): Promise<number> {
    const shard = this.#order.shard.number;
    await this.#channel.toConductor({ shard, ready: floor });
    const late = pause(START_MS, undefined, { ref: false }).then(() => {
      throw new InterruptedError('The conductor did not start the run.');
    });
    const startAt = await Promise.race([this.#started.promise, late]);
    await pause(Math.max(0, startAt - hostNow()));
    void this.#channel.toConductor({ shard, started: Math.max(0, hostNow() - startAt) });
    return startAt;
  }

  #heard(message: ToWorkers): void {
    const shard = this.#order.shard.number;
    if ('ping' in message) void this.#channel.toConductor({ shard, pong: message.ping, at: hostNow() });
    else if ('start' in message) this.#started.resolve(message.start[shard] ?? hostNow());
    else if ('fault' in message) this.#generators?.tell(message.fault);
    else if ('have' in message) this.#files.confirm(message.have, hostNow());
    else if ('stop' in message && !this.#isStopped) this.stop();
  }

  /** Sends what is written, as it is written, and signs of life. */
  async #send(isOver: () => boolean): Promise<void> {
    const shard = this.#order.shard.number;
    while (!isOver()) {
      await Promise.race([this.#sendParts(), pause(SEND_MS * 4)]);
      void this.#channel.toConductor({ shard, alive: true });
      await pause(SEND_MS);
    }
  }

  async #sendParts(): Promise<void> {
    if (!existsSync(this.#home.folder)) return;
    const shard = this.#order.shard.number;
    for (const part of this.#files.take(hostNow())) await this.#channel.toConductor({ shard, ...part });
  }

  /** Sends the rest, again where it does not arrive; whether it did. */
  async #untilArrived(): Promise<boolean> {
    const shard = this.#order.shard.number;
    const from = hostNow();
    for (; hostNow() - from < (this.#isStopped ? STOPPED_MS : KEEP_MS); await pause(SEND_MS)) {
      void this.#sendParts();
      void this.#channel.toConductor({ shard, end: this.#files.sizes() });
      if (this.#files.isConfirmed) return true;
    }
    return false;
  }
}

function observer({ addFindings }: ShardHome) {
  return { addFindings, planned: () => {}, advanced: () => {} };
}
