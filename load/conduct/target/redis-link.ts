import type { FromProxy, ToProxy } from '../../children/messages.ts';
import { type Child, ChildFailure } from '../child.ts';
import { type Processes, StartError } from '../processes.ts';
import { proxyMain } from '../proxy-process.ts';
import { type FaultWatch, pauseUnlessStopped } from './struck-target.ts';

const OPEN_MS = 5000;
const NETWORK = 'redis';
const SILENCE = 'silence';

/** The proxy between the nodes and their Redis. */
export class RedisLink {
  /** Where nodes reach Redis. */
  readonly url: string;
  readonly #proxy: Child;

  private constructor(url: string, proxy: Child) {
    this.url = url;
    this.#proxy = proxy;
  }

  /** Rejects with a StartError. */
  static async open(processes: Processes, redis: string, folder: string): Promise<RedisLink> {
    const spec = { role: 'redisProxy', main: proxyMain, env: {}, folder } as const;
    const { child } = await processes.start(spec, (message) => 'ready' in (message as FromProxy) || undefined);
    const url = new URL(redis);
    const target = { host: url.hostname.replace(/^\[|\]$/g, ''), port: Number(url.port || 6379) };
    child.send({ open: { target, seed: NETWORK, networks: [NETWORK] } } satisfies ToProxy);
    const opened = await child.message(
      (message) =>
        'networks' in (message as object) ? (message as { networks: Record<string, string> }).networks : undefined,
      OPEN_MS,
    );
    if (opened instanceof ChildFailure) throw new StartError(child, opened.end);
    const { hostname, port } = new URL(opened[NETWORK]!);
    url.hostname = hostname;
    url.port = port;
    return new RedisLink(url.href, child);
  }

  /** Nothing passes for a while, in neither direction; then all that was held back does. */
  async silence(forMs: number, watch: FaultWatch): Promise<void> {
    watch.on();
    const on = { name: SILENCE, network: NETWORK, faults: [{ kind: 'blackhole' as const }], times: 1 };
    this.#proxy.send({ on } satisfies ToProxy);
    await pauseUnlessStopped(forMs, watch);
    this.#proxy.send({ off: { name: SILENCE } } satisfies ToProxy);
    watch.off();
  }
}
