import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Adapter, type Balancing, usesRedis } from '../../../base/adapters.ts';
import { nodeName, sourceOf } from '../../../measure/metrics/source.ts';
import { openRedis } from '../../workers/redis-client.ts';
import type { Child } from '../child.ts';
import type { Processes } from '../processes.ts';
import { ClusterPrimary } from './cluster-primary.ts';
import { Haproxy } from './haproxy.ts';
import { RedisLink } from './redis-link.ts';
import { RedisServer } from './redis-server.ts';
import { type NodeSpec, ReferenceNode } from './reference-node.ts';
import {
  type EmbeddedTarget,
  endAndBringUp,
  type FaultWatch,
  pauseUnlessStopped,
  type TargetFault,
} from './struck-target.ts';

/** Nodes of the reference chat that hear each other by Redis or by the primary of a Node cluster, behind HAProxy. */
export interface ClusterSpec {
  readonly nodes: number;
  readonly adapter: Adapter;
  readonly balancer: Balancing;
  /** Somebody's own Redis; undefined for one of the run's own. */
  readonly redis: string | undefined;
  /** What everything of the run in Redis begins with. */
  readonly busName: string;
  /** Options of every node. */
  readonly options: object;
  /** Whether Redis is to fall silent at some time: then nodes reach it through a proxy. */
  readonly silencesRedis: boolean;
  readonly folder: string;
  /** Where the balancer listens; on any port of this machine by default. */
  readonly listen?: { readonly host: string; readonly port: number };
}

/** What nodes stand on: options that name it, and how they are started. */
interface Under {
  readonly bus: object;
  readonly fork?: NodeSpec['fork'];
}

type NodesRestart = Extract<TargetFault, { part: 'nodes'; how: 'restart' }>;

const AT_ONCE = { order: 'all-at-once', drainMs: 0 } as const;

/** Several nodes of the reference chat on this machine. The fullest one is the one that is killed or frozen. */
export class ReferenceCluster implements EmbeddedTarget {
  readonly #processes: Processes;
  readonly #spec: ClusterSpec;
  readonly #replaced: (server: Child) => void;
  readonly #ended = new WeakSet<Child>();
  readonly #data = mkdtempSync(join(tmpdir(), 'chatstorm-'));
  readonly #redis: RedisServer;
  readonly #balancer: Haproxy;
  #link: RedisLink | undefined;
  #nodes: readonly ReferenceNode[] = [];

  /** `replaced` is told of each node's child that takes the place of one that a fault ended. */
  constructor(processes: Processes, spec: ClusterSpec, replaced: (server: Child) => void) {
    this.#processes = processes;
    this.#spec = spec;
    this.#replaced = replaced;
    this.#redis = new RedisServer(processes, spec.folder, this.#data, this.#ended);
    this.#balancer = new Haproxy(processes, spec.folder, this.#data, this.#ended);
  }

  get nodes(): readonly ReferenceNode[] {
    return this.#nodes;
  }

  async start(): Promise<URL> {
    const { nodes, adapter, balancer, options, folder } = this.#spec;
    const { bus, fork } = usesRedis(adapter) ? await this.#onRedis() : await this.#onPrimary();
    this.#nodes = Array.from({ length: nodes }, (_, n) => {
      const name = nodeName(sourceOf('server', n));
      const spec = { name, options: { ...options, adapter, ...bus, node: name }, folder, ...(fork && { fork }) };
      return new ReferenceNode(this.#processes, spec, this.#ended, this.#replaced);
    });
    await Promise.all(this.#nodes.map((node) => node.start()));
    return this.#balancer.start(this.#nodes, balancer, this.#spec.listen);
  }

  wasEnded(child: Child): boolean {
    return this.#ended.has(child);
  }

  async strike(fault: TargetFault, watch: FaultWatch): Promise<void> {
    const { downMs } = fault;
    switch (fault.part) {
      case 'redis':
        return fault.how === 'restart' ? this.#redis.restart(downMs, watch) : this.#link!.silence(downMs, watch);
      case 'balancer':
        return this.#reload(watch);
      // To those on it, its node is the server.
      case 'server':
        return fault.how === 'kill' ? this.#kill(downMs, watch) : this.#restartAll(AT_ONCE, watch);
      case 'nodes':
        if (fault.how === 'restart') return this.#restartAll(fault, watch);
        return fault.how === 'kill' ? this.#kill(downMs, watch) : freeze(await this.#fullest(), downMs, watch);
    }
  }

  async close(): Promise<void> {
    rmSync(this.#data, { recursive: true, force: true });
    const { redis: address, busName } = this.#spec;
    if (address === undefined || this.#nodes.length === 0) return;
    // In somebody else's Redis nothing is left behind; sessions go by themselves.
    const redis = await openRedis(address).catch(() => undefined);
    await redis?.del(busName);
    redis?.disconnect();
  }

  async #onRedis(): Promise<Under> {
    const { busName, silencesRedis, folder } = this.#spec;
    const redis = this.#spec.redis ?? (await this.#redis.start()).href;
    if (silencesRedis) this.#link = await RedisLink.open(this.#processes, redis, folder);
    return { bus: { redis: this.#link?.url ?? redis, busName } };
  }

  async #onPrimary(): Promise<Under> {
    const { fork } = await ClusterPrimary.open(this.#processes, this.#spec.folder);
    return { bus: {}, fork };
  }

  /** The node with the most clients: what befalls it is felt. */
  async #fullest(): Promise<ReferenceNode> {
    const name = await this.#balancer.fullest();
    return this.#nodes.find((node) => node.name === name) ?? this.#nodes[0]!;
  }

  async #kill(downMs: number, watch: FaultWatch): Promise<void> {
    const node = await this.#fullest();
    await endAndBringUp(node, { how: 'kill', downMs }, { ...watch, off: () => {} });
    if (watch.isStopped()) return;
    await this.#balancer.untilUp(node.name);
    watch.off();
  }

  async #reload(watch: FaultWatch): Promise<void> {
    watch.on();
    await this.#balancer.reload();
    watch.off();
  }

  /** A deployment: every node is drained, told to end, and started again. */
  async #restartAll({ order, drainMs }: Pick<NodesRestart, 'order' | 'drainMs'>, watch: FaultWatch): Promise<void> {
    watch.on();
    if (order === 'all-at-once') await Promise.all(this.#nodes.map((node) => this.#restart(node, drainMs, watch)));
    else for (const node of this.#nodes) await this.#restart(node, drainMs, watch);
    if (!watch.isStopped()) watch.off();
  }

  async #restart(node: ReferenceNode, drainMs: number, watch: FaultWatch): Promise<void> {
    if (watch.isStopped()) return;
    if (drainMs > 0) await this.#balancer.setState(node.name, 'drain');
    await pauseUnlessStopped(drainMs, watch);
    if (watch.isStopped()) return;
    await node.end('restart');
    if (watch.isStopped()) return;
    await node.bringUp();
    await this.#balancer.setState(node.name, 'ready');
    await this.#balancer.untilUp(node.name);
  }
}

/** Stops a node as a machine that hangs does: its connections stay, nothing answers. */
async function freeze(node: ReferenceNode, forMs: number, watch: FaultWatch): Promise<void> {
  const { child } = node;
  watch.on();
  child?.kill('SIGSTOP');
  try {
    await pauseUnlessStopped(forMs, watch);
  } finally {
    child?.kill('SIGCONT');
  }
  watch.off();
}
