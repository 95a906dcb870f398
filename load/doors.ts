import { fileURLToPath } from 'node:url';
import type { RunClock } from '../bots/clock.ts';
import type { Door } from '../bots/connection.ts';
import type { FaultInput } from '../faults/fault.ts';
import type { FaultEvent } from '../measure/events.ts';
import type { Cast } from './cast.ts';
import type { Child, ChildSpec } from './child.ts';
import type { FromProbes, FromProxy, ToProbes, ToProxy } from './messages.ts';
import type { Staging } from './staging.ts';

const OPEN_MS = 5000;

/** How to start the proxy's process. */
export function proxySpec(folder: string): ChildSpec {
  return { role: 'proxy', main: [fileURLToPath(new URL('./proxy.ts', import.meta.url))], env: {}, folder };
}

/** Has the proxy open its doors before a target; the ways in, by the numbers of the doors. */
export async function openDoors(proxy: Child, target: URL, { doors }: Staging, seed: string): Promise<Door[]> {
  tell(proxy, { open: { target: addressOf(target), seed, doors } });
  const urls = await proxy.message(doorsIn, OPEN_MS);
  return doors.map((name) => ({ url: target.href, by: urls[name]! }));
}

/**
 * What goes wrong at the doors: the proxy is told when it is time, the probes hear from it what happens, and personas
 * among them have it do so. Returns how to end that.
 */
export function strikeDoors(
  cast: Cast,
  staging: Staging,
  folder: string,
  startAt: number,
  clock: RunClock,
): () => void {
  const proxy = cast.children.get('proxy');
  const probes = cast.children.get('probes');
  if (!proxy || !probes) return () => {};
  tell(proxy, { start: { folder, startAt } });
  passOn(proxy, probes, staging);
  const timers = staging.faults.flatMap((fault) => {
    if (fault.kind === 'server') return [];
    const { name, door, faults, times, onAt, offAt } = fault;
    return [
      setTimeout(() => tell(proxy, { on: { name, door, faults, times } }), onAt - clock()),
      setTimeout(() => tell(proxy, { off: { name } }), offAt - clock()),
    ];
  });
  return () => {
    for (const timer of timers) clearTimeout(timer);
  };
}

function passOn(proxy: Child, probes: Child, { doors, matrix, troupe }: Staging): void {
  const first = troupe.parts.findIndex(({ door }) => door > 0);
  proxy.listen((message) => {
    // A matrix asks for networks, not for what befalls links: what is open on them stays unharmed, or is cut.
    const fault = matrix ? undefined : changeIn(message as FromProxy);
    if (fault) probes.send({ fault } satisfies ToProbes);
  });
  probes.listen((message) => {
    const wish = networkIn(message as FromProbes);
    if (!wish) return;
    const { bot, fault: name, link } = wish;
    const door = doors[bot - first + 1];
    if (link === null) tell(proxy, { off: { name, bots: [bot] } });
    else if (door) tell(proxy, { on: { name, door, faults: link as FaultInput[], times: 1, bots: [bot] } });
  });
}

function tell(proxy: Child, message: ToProxy): void {
  proxy.send(message);
}

function addressOf({ hostname, port }: URL): { host: string; port: number } {
  return { host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || 80) };
}

function doorsIn(message: unknown): Record<string, string> | undefined {
  const told = message as FromProxy;
  return 'doors' in told ? told.doors : undefined;
}

function changeIn(message: FromProxy): FaultEvent | undefined {
  return 'change' in message ? message.change : undefined;
}

function networkIn(message: FromProbes) {
  return 'network' in message ? message.network : undefined;
}
