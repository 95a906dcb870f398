import { setTimeout as pause } from 'node:timers/promises';
import { slopeOf } from '../slope.ts';
import type { Candidate } from './candidates.ts';
import { type Delivery, deliver, type Times } from './delivery-window.ts';
import type { Load } from './engine-order.ts';
import { GeneratorProcess } from './generator-process.ts';
import type { Leftovers } from './leftovers.ts';
import { residentBytes } from './process-cost.ts';
import type { ServerProcess } from './server-process.ts';

const START_MS = 20_000;

/** Where the rounds of one invocation take place. */
export interface Ground {
  readonly server: ServerProcess;
  readonly startAt: number;
  readonly leftovers: Leftovers;
}

/** What one candidate cost in one round. */
export interface Round extends Delivery {
  readonly memoryPerConnectionBytes: number;
  readonly cpuPerConnectUs: number;
}

/** Starts a candidate whose connections are a group of the server's. */
export async function startCandidate(
  { programOf, transport }: Candidate,
  { server, startAt, leftovers }: Ground,
  group: string,
  load: Load,
  localAddresses: readonly string[],
): Promise<GeneratorProcess> {
  await server.ask({ open: { group, roomSize: load.roomSize } });
  const url = `http://127.0.0.1:${server.port}/?group=${group}`;
  const { folder } = leftovers;
  return new GeneratorProcess(programOf({ url, transport, load, startAt, folder, localAddresses }), leftovers);
}

/** One candidate from its start to its end: its connections come, then they hear messages. */
export async function playRound(
  candidate: Candidate,
  ground: Ground,
  group: string,
  load: Load,
  times: Times,
): Promise<Round> {
  const { server } = ground;
  const generator = await startCandidate(candidate, ground, group, load, ['127.0.0.1']);
  try {
    const growth = await grow(server, generator, group, load, times);
    return { ...growth, ...(await deliver(server, generator, group, load, times)) };
  } finally {
    await generator.end();
    await server.reached(group, 0, START_MS);
  }
}

/**
 * Has the connections come. The cost of the process itself is in no figure: memory is a slope over the sizes, and time on a
 * core counts from the first size on, without that of the collections.
 */
async function grow(server: ServerProcess, generator: GeneratorProcess, group: string, load: Load, times: Times) {
  const memory: [connections: number, bytes: number][] = [];
  let us = 0;
  let came = 0;
  for (const [i, size] of load.sizes.entries()) {
    const [before, beforeUs] = [await server.connectionsOf(group), generator.coreTime.onUs];
    generator.grow(size);
    await server.reached(group, size, START_MS, () => generator.check());
    await pause(times.settleMs);
    if (i > 0) {
      us += generator.coreTime.onUs - beforeUs;
      came += (await server.connectionsOf(group)) - before;
    }
    await generator.ask('collect');
    memory.push([await server.connectionsOf(group), residentBytes(generator.pid)]);
  }
  return { memoryPerConnectionBytes: slopeOf(memory).slope, cpuPerConnectUs: us / came };
}
