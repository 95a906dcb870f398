import { EventEmitter } from 'node:events';
import { modulePath } from '../../../base/installation.ts';
import type { FromPrimary, ToPrimary } from '../../children/messages.ts';
import type { Child, ChildHandle, ForkOrder } from '../child.ts';
import type { Processes } from '../processes.ts';

const main = [modulePath('../../children/cluster-primary-main.ts', import.meta.url)];

/** The primary of a Node cluster: nodes that are its workers hear each other through it. */
export class ClusterPrimary {
  readonly #child: Child;
  readonly #forking = new Map<number, (node: ForkedNode) => void>();
  readonly #nodes: ForkedNode[] = [];
  #asked = 0;

  private constructor(child: Child) {
    this.#child = child;
    child.listen((message) => this.#hear(message as FromPrimary));
    void child.ended.then(() => {
      for (const resolve of this.#forking.values()) resolve(noNode());
      // A worker whose channel closes ends at once.
      for (const node of this.#nodes) node.emit('exit', 0, null);
    });
  }

  /** Rejects with a StartError. */
  static async open(processes: Processes, folder: string): Promise<ClusterPrimary> {
    const spec = { role: 'primary', main, env: {}, folder } as const;
    const { child } = await processes.start(spec, (message) => 'ready' in (message as FromPrimary) || undefined);
    return new ClusterPrimary(child);
  }

  /** Starts a node as its worker. */
  readonly fork = async (order: ForkOrder): Promise<ChildHandle> => {
    if (this.#child.end) return noNode();
    const { promise, resolve } = Promise.withResolvers<ForkedNode>();
    const id = this.#asked++;
    this.#forking.set(id, resolve);
    this.#child.send({ fork: { id, ...order } } satisfies ToPrimary);
    return promise;
  };

  #hear(message: FromPrimary): void {
    if ('ready' in message) return;
    const { id } = message;
    if ('pid' in message) {
      const node = new ForkedNode(message.pid);
      this.#nodes[id] = node;
      this.#forking.get(id)?.(node);
      this.#forking.delete(id);
      return;
    }
    if ('said' in message) this.#nodes[id]?.emit('message', message.said);
    else this.#nodes[id]?.emit('exit', message.end.code, message.end.signal);
  }
}

/** What a primary that is gone forks. */
function noNode(): ForkedNode {
  const node = new ForkedNode(0);
  setImmediate(() => node.emit('error', new Error('The primary of the cluster has ended.')));
  return node;
}

/** A worker of the primary: nothing is said to it. */
class ForkedNode extends EventEmitter implements ChildHandle {
  readonly connected = false;
  readonly pid: number;

  constructor(pid: number) {
    super();
    this.pid = pid;
  }

  send(): void {}

  kill(signal: NodeJS.Signals): void {
    try {
      if (this.pid > 0) process.kill(this.pid, signal);
    } catch {
      // It has ended, and the primary is about to say so.
    }
  }
}
