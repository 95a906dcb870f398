import { modulePath } from '../../../base/installation.ts';
import type { Child, ChildSpec } from '../child.ts';
import type { Processes } from '../processes.ts';
import type { Restartable, ServerNode } from './struck-target.ts';

/** How long a server that is told to end may take. */
const END_MS = 5000;

/** What a node needs to be started. */
export interface NodeSpec {
  readonly name: string;
  /** Options of the chat server besides its port. */
  readonly options: object;
  readonly folder: string;
  /** How it is started; by itself unless it is a worker of a Node cluster. */
  readonly fork?: ChildSpec['fork'];
}

/** One process of the reference chat, always on the same port. */
export class ReferenceNode implements ServerNode, Restartable {
  readonly outlivesRun = false;
  readonly name: string;
  readonly #processes: Processes;
  readonly #spec: NodeSpec;
  readonly #ended: WeakSet<Child>;
  readonly #replaced: (server: Child) => void;
  #port = 0;
  #child: Child | undefined;

  /** `ended` gets each child that a fault ended, `replaced` each that took the place of one. */
  constructor(processes: Processes, spec: NodeSpec, ended: WeakSet<Child>, replaced: (server: Child) => void) {
    this.name = spec.name;
    this.#processes = processes;
    this.#spec = spec;
    this.#ended = ended;
    this.#replaced = replaced;
  }

  get child(): Child | undefined {
    return this.#child;
  }

  get url(): URL {
    return new URL(`http://127.0.0.1:${this.#port}`);
  }

  /** Starts it on any free port. Rejects with a StartError. */
  async start(): Promise<URL> {
    const url = await this.#launch();
    this.#port = Number(url.port);
    return url;
  }

  async end(how: 'kill' | 'restart'): Promise<void> {
    const server = this.#child;
    if (!server) return;
    this.#ended.add(server);
    this.#child = undefined;
    if (how === 'kill') server.kill('SIGKILL');
    await server.close(END_MS);
    this.#processes.forget(server);
  }

  async bringUp(): Promise<void> {
    await this.#launch();
    this.#replaced(this.#child!);
  }

  async #launch(): Promise<URL> {
    const { options, folder, fork } = this.#spec;
    const given = { port: this.#port, ...options };
    const main = [modulePath('../../../server/main.ts', import.meta.url)];
    const env = { CHATSTORM_SERVER: JSON.stringify(given) };
    const spec = { role: 'server', main, env, folder, ...(fork && { fork }) } as const;
    const { child, message } = await this.#processes.start(spec, readyUrl);
    this.#child = child;
    return new URL(message);
  }
}

/** The address in the message by which a server says that it is ready. */
export function readyUrl(message: unknown): string | undefined {
  return (message as { ready?: string }).ready;
}
