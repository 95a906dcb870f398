import { setTimeout as pause } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { hostNow } from '../../bots/clock.ts';
import type { FaultEvent } from '../../measure/metrics/events.ts';
import { sourceOf } from '../../measure/metrics/source.ts';
import type { RunPlan } from '../../measure/run-record/run-record.ts';
import type { Floor } from '../children/messages.ts';
import type { Generators, GeneratorsContext } from '../conduct/generators.ts';
import type { Failed } from '../conduct/processes.ts';
import { StartError } from '../conduct/processes.ts';
import { LineWriter, UnwritableError } from '../folder/line-writer.ts';
import { writeStart } from '../folder/run-folder.ts';
import { partsIn } from '../plan/run-plan.ts';
import { type ClockOffset, clockOffset, type RoundTrip } from './clock-offset.ts';
import { FileCollector } from './file-collector.ts';
import { openRedis } from './redis-client.ts';
import { type FromWorker, RunChannel } from './run-channel.ts';
import { Seal } from './sealing.ts';
import { orderOf } from './shard-order.ts';
import { ShardQueue } from './shard-queue.ts';

const READY_MS = 60_000;
const PINGS = 40;
const PING_MS = 3000;
/** Behind the last word that all are ready, until they start together. */
const LEAD_MS = 1000;
/** A worker that is silent for longer is lost; one that is cut off for a few seconds is not. */
const LOST_MS = 15_000;
const TELL_MS = 500;
const POLL_MS = 50;
const CLOSE_MS = 2000;
/** How long over its schedule a shard may be. */
const GRACE_MS = 25_000;

/** What is known of a shard, by what its worker said. */
interface Shard {
  readonly number: number;
  worker: string;
  host: string;
  floor: Floor | undefined;
  refused: string | undefined;
  startedLateMs: number | undefined;
  heardAt: number;
  readonly trips: RoundTrip[];
  sizes: Readonly<Record<string, number>> | undefined;
  isLost: boolean;
}

/** Shards of a load on other machines: jobs that workers take off a queue. Their files come into the run's folder as they are written. */
export class RemoteGenerators implements Generators {
  readonly #context: GeneratorsContext;
  readonly #shards: ReadonlyMap<number, Shard>;
  readonly #seal: Seal;
  #redis: Redis | undefined;
  #queue: ShardQueue | undefined;
  #channel: RunChannel | undefined;
  #collector: FileCollector | undefined;
  #offsets: ReadonlyMap<number, ClockOffset> = new Map();
  #startAt = 0;
  #hasStarted = false;

  constructor(context: GeneratorsContext) {
    this.#context = context;
    const heard = { worker: '', host: '', floor: undefined, refused: undefined, startedLateMs: undefined };
    this.#shards = new Map(
      partsIn(context.request).map(({ number }) => [
        number,
        { number, ...heard, heardAt: hostNow(), trips: [], sizes: undefined, isLost: false },
      ]),
    );
    this.#seal = new Seal(context.request.workers!.secret);
  }

  async launch(): Promise<void> {
    const { request } = this.#context;
    this.#redis = await openRedis(request.workers!.redis);
    this.#queue = new ShardQueue(this.#redis);
    this.#channel = new RunChannel(this.#redis, request.id, this.#seal);
    this.#collector = new FileCollector(request.folder);
    void this.#channel.hearWorkers((message) => this.#heard(message));
  }

  async makeReady(target: URL): Promise<Floor> {
    const { request } = this.#context;
    const orders = partsIn(request).map((shard) => ({
      name: `${request.id}-${shard.number}`,
      sealed: this.#seal.close(orderOf(request, shard, target)),
    }));
    await this.#queue!.put(orders);
    for (const end = hostNow() + READY_MS; ; await pause(POLL_MS)) {
      const late = this.#all.find(({ floor }) => !floor);
      if (!late) break;
      const refused = this.#all.find((shard) => shard.refused !== undefined);
      if (refused) throw new StartError(this.#failed(refused), { kind: 'failed', message: refused.refused! });
      if (hostNow() > end) throw new StartError(this.#failed(late), { kind: 'timedOut', afterMs: READY_MS });
    }
    const floors = this.#all.map(({ floor }) => floor!);
    return floors.reduce((worst, floor) => ((floor.p99 ?? 0) > (worst.p99 ?? 0) ? floor : worst));
  }

  /** Measures how the workers' clocks stand to this one, and has all of them start at the same time. */
  async startTime(): Promise<number> {
    for (let n = 0; n < PINGS; n++) {
      const ping = hostNow();
      await this.#channel!.toWorkers({ ping });
      const isAnswered = () => this.#all.every(({ trips }) => trips.length > n);
      for (const end = ping + PING_MS / PINGS; hostNow() < end && !isAnswered(); ) await pause(1);
    }
    const offsets = this.#all.map((shard) => [shard.number, clockOffset(shard.trips)] as const);
    const [silent] = offsets.find(([, offset]) => offset === undefined) ?? [];
    if (silent !== undefined)
      throw new StartError(this.#failed(this.#shards.get(silent)!), { kind: 'timedOut', afterMs: PING_MS });
    this.#offsets = new Map(offsets as [number, ClockOffset][]);
    const startAt = hostNow() + LEAD_MS;
    const start = Object.fromEntries([...this.#offsets].map(([shard, { offsetMs }]) => [shard, startAt + offsetMs]));
    await this.#channel!.toWorkers({ start });
    await pause(startAt - hostNow());
    return startAt;
  }

  start(startAt: number): void {
    this.#startAt = startAt;
    this.#hasStarted = true;
    writeStart(this.#context.request.folder, startAt);
    for (const shard of this.#all) shard.heardAt = hostNow();
  }

  tell(fault: FaultEvent): void {
    void this.#channel?.toWorkers({ fault });
  }

  /** A load that is split changes by no search. */
  tellCrowd(): void {}

  finish(): void {
    this.stop();
  }

  stop(): void {
    void this.#channel?.toWorkers({ stop: true });
  }

  async done({ phases: { warmup, measure, drain } }: RunPlan): Promise<void> {
    const { isStopped, died } = this.#context;
    const until = this.#startAt + (warmup + measure + drain) * 1000 + GRACE_MS;
    let toldAt = 0;
    for (let stoppedAt: number | undefined; !this.#isWhole(); await pause(POLL_MS)) {
      const now = hostNow();
      if (now - toldAt > TELL_MS) {
        toldAt = now;
        await this.#channel!.toWorkers({ have: this.#collector!.have() });
      }
      const lost = this.#all.find(({ heardAt, sizes, isLost }) => !sizes && !isLost && now - heardAt > LOST_MS);
      if (lost) lost.isLost = true;
      if (lost && !isStopped()) died('worker', { kind: 'timedOut', afterMs: LOST_MS }, this.#failed(lost).lastLines());
      if (isStopped()) stoppedAt ??= now;
      // Those that are still there send what they have.
      if (stoppedAt !== undefined && now - stoppedAt > GRACE_MS / 2) break;
      if (now > until) {
        const late = this.#all.find((shard) => !this.#hasArrived(shard));
        if (late && !isStopped())
          died('worker', { kind: 'timedOut', afterMs: GRACE_MS }, this.#failed(late).lastLines());
        break;
      }
    }
    this.#noteShards();
    await this.#channel!.toWorkers({ have: this.#collector!.have() });
  }

  async close(): Promise<void> {
    const [channel, queue, redis] = [this.#channel, this.#queue, this.#redis];
    if (!this.#hasStarted) {
      // Those that are ready, or would take a part later, are not to wait.
      await channel?.toWorkers({ stop: true });
      await Promise.race([queue?.takeBack(), pause(CLOSE_MS)]);
    }
    channel?.close();
    await Promise.race([queue?.close(), pause(CLOSE_MS)]);
    redis?.disconnect();
  }

  get #all(): Shard[] {
    return [...this.#shards.values()];
  }

  #isWhole(): boolean {
    return this.#all.every((shard) => shard.isLost || this.#hasArrived(shard));
  }

  #hasArrived({ sizes }: Shard): boolean {
    return sizes !== undefined && this.#collector!.isWhole(sizes);
  }

  #heard(message: FromWorker): void {
    const shard = this.#shards.get(message.shard);
    if (!shard) return;
    const now = hostNow();
    shard.heardAt = now;
    if ('taken' in message) Object.assign(shard, message.taken);
    else if ('refused' in message) shard.refused = message.refused;
    else if ('ready' in message) shard.floor = message.ready;
    else if ('pong' in message) shard.trips.push({ askedAt: message.pong, theirs: message.at, answeredAt: now });
    else if ('started' in message) shard.startedLateMs = message.started;
    else if ('end' in message) shard.sizes = message.end;
    else if ('file' in message) this.#take(message);
  }

  #take(part: Extract<FromWorker, { file: string }>): void {
    try {
      this.#collector!.take(part.shard, part);
    } catch (error) {
      if (!(error instanceof UnwritableError)) throw error;
      this.#context.unwritable(error);
    }
  }

  /** Writes down who made which shard, how far off its clock may be, and how late it began. */
  #noteShards(): void {
    const source = sourceOf('conductor', 1);
    try {
      const writer = new LineWriter(this.#context.request.folder, source);
      const at = hostNow() - this.#startAt;
      const lines = this.#all.map(({ number, worker, host, startedLateMs }) => {
        const clockBoundMs = this.#offsets.get(number)?.boundMs ?? 0;
        const startLateMs = startedLateMs ?? null;
        const event = { kind: 'shard', at, number, worker, host, clockBoundMs, startLateMs } as const;
        return { at: at / 1000, source, event };
      });
      writer.write(lines);
      writer.close();
    } catch (error) {
      if (!(error instanceof UnwritableError)) throw error;
      this.#context.unwritable(error);
    }
  }

  #failed({ number, worker, host }: Shard): Failed {
    const who = worker === '' ? 'which no worker took' : `on worker ${worker} (${host})`;
    return { role: 'worker', lastLines: () => [`shard ${number} of ${this.#shards.size}, ${who}`] };
  }
}
