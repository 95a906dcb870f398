import { median } from '../../measure/statistics/median.ts';
import type { Candidate } from './candidates.ts';
import { deliver, percent, type Times } from './delivery-window.ts';
import type { Load } from './engine-order.ts';
import { type Ground, startCandidate } from './engine-round.ts';
import { ServerProcess } from './server-process.ts';

const START_MS = 20_000;
/** No ping comes while it is measured: there would be more of them among more connections. */
const PING_MS = 600_000;

/**
 * How the cost of a delivery is compared at few and many connections: same rooms, same deliveries per second. They are so
 * few that even among few connections each hears something less than every 200 ms: then Linux acknowledges what came at
 * once, on the server's core, and otherwise as it is read, which costs the generator more.
 */
export interface ScalingForm {
  readonly connections: readonly number[];
  readonly arrivalsPerSecond: number;
  readonly roomSize: number;
  readonly deliveriesPerSecond: number;
  readonly rounds: number;
  /** Connections are spread over them. */
  readonly localAddresses: readonly string[];
}

/**
 * A candidate's cost per delivery by its number of connections, µs; null where no round counts. There is a process for each
 * number, they all stay connected to the one server, and their rounds take turns.
 */
export async function measureScaling(
  candidate: Candidate,
  { startAt, leftovers }: Ground,
  form: ScalingForm,
  times: Times,
  told: (line: string) => void,
): Promise<Record<string, number | null>> {
  const server = await ServerProcess.start(leftovers, { startAt, pingIntervalMs: PING_MS });
  const ground = { server, startAt, leftovers };
  const sides = form.connections.map((connections) => {
    const load: Load = { ...form, sizes: [connections] };
    return { connections, load, group: `${candidate.name}-at-${connections}`, costs: [] as number[] };
  });
  const generators = [];
  for (const { connections, load, group } of sides) {
    const generator = await startCandidate(candidate, ground, group, load, form.localAddresses);
    generators.push(generator);
    generator.grow(connections);
    const withinMs = START_MS + (connections / form.arrivalsPerSecond) * 2000;
    await server.reached(group, connections, withinMs, () => generator.check());
  }
  for (let round = 1; round <= form.rounds; round++) {
    for (const [i, { connections, load, group, costs }] of sides.entries()) {
      const { cpuPerDeliveryUs, server: served, problem } = await deliver(server, generators[i]!, group, load, times);
      const cost = `${cpuPerDeliveryUs.toFixed(2)} µs per delivery, the server took ${percent(served.on)} of its core`;
      told(`${candidate.name} at ${connections} connections, round ${round}: ${problem ? `void. ${problem}` : cost}`);
      if (problem === null) costs.push(cpuPerDeliveryUs);
    }
  }
  for (const generator of generators) await generator.end();
  await server.end();
  return Object.fromEntries(sides.map(({ connections, costs }) => [connections, median(costs) ?? null]));
}
