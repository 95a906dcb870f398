import { setTimeout as pause } from 'node:timers/promises';
import { UsageError } from '../../base/errors.ts';
import { hostNow } from '../../bots/clock.ts';
import { sourceOf } from '../../measure/metrics/source.ts';
import { noteEnd } from '../folder/line-writer.ts';
import { readPlan } from '../folder/run-folder.ts';
import { FileCollector } from './file-collector.ts';
import { openRedis } from './redis-client.ts';
import { RunChannel } from './run-channel.ts';
import { Seal } from './sealing.ts';

const TELL_MS = 500;
const POLL_MS = 50;
/** Workers that are still there say something every second. */
const SILENT_MS = 20_000;

/**
 * Fetches what workers still have of a run whose conductor died, into its folder; `told` is given how many shards are whole, as that
 * changes. Rejects with a UsageError where it is no such run, or workers that have more of it are gone.
 */
export async function collectShards(
  folder: string,
  { redis: url, secret }: { readonly redis: string; readonly secret: string },
  told: (whole: number, of: number) => void,
): Promise<void> {
  const { id, load } = readPlan(folder);
  if (!load.shards)
    throw new UsageError('RUN_FOLDER', `The load of the run in ${folder} was not split over workers.`, folder);
  const redis = await openRedis(url);
  const channel = new RunChannel(redis, id, new Seal(secret));
  const collector = new FileCollector(folder);
  const sizes = new Map<number, Readonly<Record<string, number>>>();
  let heardAt = hostNow();
  void channel.hearWorkers((message) => {
    heardAt = hostNow();
    if ('file' in message) collector.take(message.shard, message);
    if ('end' in message) sizes.set(message.shard, message.end);
  });
  const whole = () => [...sizes.values()].filter((size) => collector.isWhole(size)).length;
  try {
    let known = -1;
    for (let toldAt = 0; whole() < load.shards.length; await pause(POLL_MS)) {
      if (whole() !== known) {
        known = whole();
        told(known, load.shards.length);
      }
      if (hostNow() - heardAt > SILENT_MS) {
        const message = `Only ${known} of ${load.shards.length} shards are whole, and no worker says anything any more.`;
        throw new UsageError('RUN_FOLDER', message, folder);
      }
      if (hostNow() - toldAt < TELL_MS) continue;
      toldAt = hostNow();
      await channel.toWorkers({ have: collector.have() });
    }
    told(load.shards.length, load.shards.length);
    await channel.toWorkers({ have: collector.have() });
    noteEnd(folder, sourceOf('conductor', 2));
  } finally {
    await pause(TELL_MS);
    channel.close();
    redis.disconnect();
  }
}
