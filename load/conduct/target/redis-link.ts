import { bareHost } from '../../../base/hosts.ts';
import type { FromProxy, ToProxy } from '../../children/messages.ts';
import type { Child } from '../child.ts';
import type { Processes } from '../processes.ts';
import { openProxy, proxyMain } from '../proxy-process.ts';
import { type FaultWatch, pauseUnlessStopped } from './struck-target.ts';

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
    const target = { host: bareHost(url.hostname), port: Number(url.port || 6379) };
    const opened = await openProxy(child, { target, seed: NETWORK, networks: [NETWORK] });
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
