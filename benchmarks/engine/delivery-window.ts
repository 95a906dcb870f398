import { setTimeout as pause } from 'node:timers/promises';
import type { Load } from './engine-order.ts';
import type { GeneratorProcess } from './generator-process.ts';
import { type CoreTime, coreTimeOf } from './process-cost.ts';
import type { ServerProcess } from './server-process.ts';

/** Above it, the server is too close to what it can do for its rate to be steady. */
const SERVER_LIMIT = 0.8;
/** Above it, a generator handles several messages at a turn, and each costs it less. */
const GENERATOR_LIMIT = 0.9;
/** Above it, messages came in heaps: other work took too much of a core. */
const WAIT_LIMIT = 0.25;
/** How far the number of deliveries may be from what it should be, and by how many messages beside. */
const RATE_TOLERANCE = 0.05;
const MESSAGE_TOLERANCE = 2;
const DRAIN_MS = 2000;
const DRAIN_POLL_MS = 50;

/** How long a round takes, ms: after the server has a connection its client has yet to hear so, then messages flow. */
export interface Times {
  readonly settleMs: number;
  readonly warmUpMs: number;
  readonly windowMs: number;
}

/** How much of the window a process was on its core, and waited for it. */
export interface Shares {
  readonly on: number;
  readonly waited: number;
}

/** What hearing messages cost a generator. Deliveries are all that were sent, warm-up included. */
export interface Delivery {
  readonly cpuPerDeliveryUs: number;
  readonly generator: Shares;
  readonly server: Shares;
  readonly deliveries: number;
  readonly received: number;
  /** Why this does not count, as a sentence; null where it does. */
  readonly problem: string | null;
}

/** Lets messages flow to a group, and measures its generator in a window after a warm-up. */
export async function deliver(
  server: ServerProcess,
  generator: GeneratorProcess,
  group: string,
  { deliveriesPerSecond, roomSize }: Load,
  { warmUpMs, windowMs }: Times,
): Promise<Delivery> {
  const before = await generator.ask('count');
  await server.ask({ flow: { group, deliveriesPerSecond } });
  await pause(warmUpMs);
  const from = await standOf(server, generator);
  await pause(windowMs);
  const to = await standOf(server, generator);
  const { deliveries } = await server.ask({ still: true });
  let received = (await generator.ask('count')) - before;
  for (let waited = 0; received < deliveries && waited < DRAIN_MS; waited += DRAIN_POLL_MS) {
    await pause(DRAIN_POLL_MS);
    received = (await generator.ask('count')) - before;
  }
  const heard = to.deliveries - from.deliveries;
  const us = (to.at - from.at) * 1000;
  const found = {
    cpuPerDeliveryUs: (to.generator.onUs - from.generator.onUs) / heard,
    generator: sharesOf(from.generator, to.generator, us),
    server: sharesOf(from.server, to.server, us),
    deliveries,
    received,
  };
  const wanted = (deliveriesPerSecond * us) / 1e6;
  const isSteady = Math.abs(heard - wanted) <= wanted * RATE_TOLERANCE + roomSize * MESSAGE_TOLERANCE;
  const pace = isSteady ? null : `There were ${heard} deliveries in the window, not ${wanted.toFixed(0)}.`;
  return { ...found, problem: problemOf(found) ?? pace };
}

/** A share of a core, in words. */
export function percent(share: number): string {
  return `${(share * 100).toFixed(0)} %`;
}

async function standOf(server: ServerProcess, generator: GeneratorProcess) {
  const times = { generator: generator.coreTime, server: coreTimeOf(server.pid) };
  const { at, deliveries } = await server.ask({ tell: true });
  return { at, ...times, deliveries };
}

function sharesOf(from: CoreTime, to: CoreTime, us: number): Shares {
  return { on: (to.onUs - from.onUs) / us, waited: (to.waitedUs - from.waitedUs) / us };
}

function problemOf({ generator, server, deliveries, received }: Omit<Delivery, 'problem'>): string | null {
  const waited = Math.max(generator.waited, server.waited);
  if (received !== deliveries) return `It received ${received} of ${deliveries} deliveries.`;
  if (server.on > SERVER_LIMIT) return `The server took ${percent(server.on)} of its core.`;
  if (generator.on > GENERATOR_LIMIT) return `It took ${percent(generator.on)} of its core.`;
  if (waited > WAIT_LIMIT)
    return `Other work kept the server or the generator waiting for ${percent(waited)} of the time.`;
  return null;
}
