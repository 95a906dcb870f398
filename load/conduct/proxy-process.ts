import { bareHost } from '../../base/hosts.ts';
import { modulePath } from '../../base/installation.ts';
import { readTextFile } from '../../base/read-text-file.ts';
import type { Dialect } from '../../bots/dialect/dialect.ts';
import type { Endpoint } from '../../bots/endpoint.ts';
import type { ProxyTarget } from '../../faults/proxy/target-socket.ts';
import type { FaultInput } from '../../faults/registry.ts';
import { sourceOf } from '../../measure/metrics/source.ts';
import type { FromProbes, FromProxy, ProxyOrder, ScheduledFault, ToProbes, ToProxy } from '../children/messages.ts';
import type { Layout } from '../plan/layout.ts';
import { type Child, ChildFailure, type ChildSpec } from './child.ts';
import { StartError } from './processes.ts';

const OPEN_MS = 5000;

/** What the process of a proxy runs. */
export const proxyMain: readonly string[] = [modulePath('../children/proxy-main.ts', import.meta.url)];

/** How to start the proxy's process. */
export function proxyProcess(folder: string): ChildSpec {
  return { role: 'proxy', main: proxyMain, env: {}, folder };
}

/** Has the proxy open its networks before a target; how the target is reached on each, by number. */
export async function openNetworks(
  proxy: Child,
  target: URL,
  tls: Dialect['tls'],
  { networks }: Layout,
  seed: string,
): Promise<Endpoint[]> {
  const urls = await openProxy(proxy, { target: addressOf(target, tls), seed, networks });
  return networks.map((name) => ({ url: target.href, via: urls[name]! }));
}

/** Has a proxy open its networks; where each is, by its name. Rejects with a StartError. */
export async function openProxy(proxy: Child, order: ProxyOrder): Promise<Readonly<Record<string, string>>> {
  tell(proxy, { open: order });
  const urls = await proxy.message(networksIn, OPEN_MS);
  if (urls instanceof ChildFailure) throw new StartError(proxy, urls.end);
  return urls;
}

/**
 * What goes wrong on the networks: the proxy is told when, the probes hear from it what happens, and personas
 * among them have it do so. Returns how to end that.
 */
export function startNetworkFaults(
  proxy: Child,
  probes: readonly Child[],
  layout: Layout,
  run: { readonly folder: string; readonly startAt: number; readonly shard: number },
): () => void {
  const { folder, startAt, shard } = run;
  const faults = layout.faults.flatMap((fault): ScheduledFault[] => {
    if (fault.kind === 'target') return [];
    const { name, network, faults, times, onAt, offAt, bots } = fault;
    return [{ name, network, faults, times, onAt, offAt, ...(bots && { bots }) }];
  });
  passOn(proxy, probes, layout);
  tell(proxy, { start: { folder, source: sourceOf('proxy', proxy.number, shard), startAt, faults } });
  return () => tell(proxy, { endFaults: true });
}

function passOn(proxy: Child, probes: readonly Child[], { networks, matrix, probes: plan }: Layout): void {
  const first = plan.bots.findIndex(({ network }) => network > 0);
  proxy.listen((heard) => {
    const message = heard as FromProxy;
    // A matrix asks for networks, not for what befalls links: what is open on them stays unharmed, or is cut.
    if ('change' in message && !matrix)
      for (const one of probes) one.send({ fault: message.change } satisfies ToProbes);
    if ('refused' in message) for (const one of probes) one.send({ faultRefused: message.refused } satisfies ToProbes);
  });
  for (const one of probes) {
    one.listen((heard) => {
      const message = heard as FromProbes;
      if (!('linkFault' in message)) return;
      const { bot, fault: name, link } = message.linkFault;
      const network = networks[bot - first + 1];
      if (link === null) tell(proxy, { off: { name, bots: [bot] } });
      else if (network) tell(proxy, { on: { name, network, faults: link as FaultInput[], times: 1, bots: [bot] } });
    });
  }
}

function tell(proxy: Child, message: ToProxy): void {
  proxy.send(message);
}

/** Behind TLS, the proxy speaks it to the target, so that faults can look into what clients say. */
function addressOf({ protocol, hostname, port }: URL, { ca, insecure }: Dialect['tls']): ProxyTarget {
  const host = bareHost(hostname);
  if (protocol !== 'https:') return { host, port: Number(port || 80) };
  const authority = ca === null ? undefined : readTextFile(ca);
  return { host, port: Number(port || 443), tls: { ca: authority, insecure } };
}

function networksIn(message: unknown): Record<string, string> | undefined {
  const told = message as FromProxy;
  return 'networks' in told ? told.networks : undefined;
}
