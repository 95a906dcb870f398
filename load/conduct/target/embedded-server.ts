import type { Child } from '../child.ts';
import type { Processes } from '../processes.ts';
import { ReferenceNode } from './reference-node.ts';
import {
  type EmbeddedTarget,
  endAndBringUp,
  type FaultWatch,
  type ServerNode,
  type TargetFault,
} from './struck-target.ts';

/** The reference chat as one child of the run. */
export class EmbeddedServer implements EmbeddedTarget {
  readonly nodes: readonly ServerNode[];
  readonly #node: ReferenceNode;
  readonly #ended = new WeakSet<Child>();

  /** `replaced` is told of each child that takes the place of one that a fault ended. */
  constructor(processes: Processes, options: object, folder: string, replaced: (server: Child) => void) {
    this.#node = new ReferenceNode(processes, { name: '', options, folder }, this.#ended, replaced);
    this.nodes = [this.#node];
  }

  start(): Promise<URL> {
    return this.#node.start();
  }

  wasEnded(child: Child): boolean {
    return this.#ended.has(child);
  }

  async strike({ how, downMs }: TargetFault, watch: FaultWatch): Promise<void> {
    if (how === 'kill' || how === 'restart') await endAndBringUp(this.#node, { how, downMs }, watch);
  }

  async close(): Promise<void> {}
}
