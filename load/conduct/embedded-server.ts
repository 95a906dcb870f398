import { modulePath } from '../../base/installation.ts';
import type { Scenario } from '../../scenarios/scenario.ts';
import type { Child, ChildSpec } from './child.ts';
import type { Processes } from './processes.ts';

/** How long a server that is told to end may take. */
const END_MS = 5000;

/** A server that faults end and bring up again, on the same port. */
export interface FaultableServer {
  /** Ends it: `kill` at once, `restart` in order. */
  end(how: 'kill' | 'restart'): Promise<void>;
  bringUp(how: 'kill' | 'restart'): Promise<void>;
  /** Whether it has to be there again even where the run is over meanwhile. */
  readonly outlivesRun: boolean;
}

/** The reference chat as a child of the run, with its limits lifted for load. */
export class EmbeddedServer implements FaultableServer {
  readonly outlivesRun = false;
  readonly #processes: Processes;
  readonly #options: Scenario['server'];
  readonly #folder: string;
  readonly #started: (server: Child) => void;
  /** Those that end because a fault says so. */
  readonly #ended = new WeakSet<Child>();
  #port = 0;

  /** `started` is told of each child that takes the place of one that ended. */
  constructor(processes: Processes, options: Scenario['server'], folder: string, started: (server: Child) => void) {
    this.#processes = processes;
    this.#options = options;
    this.#folder = folder;
    this.#started = started;
  }

  /** Starts it on any free port; its address. Rejects with a StartError. */
  async start(): Promise<URL> {
    const { url } = await this.#launch();
    this.#port = Number(url.port);
    return url;
  }

  /** Whether a child was ended by a fault. */
  wasEnded(child: Child): boolean {
    return this.#ended.has(child);
  }

  async end(how: 'kill' | 'restart'): Promise<void> {
    for (const server of this.#processes.of('server')) {
      this.#ended.add(server);
      if (how === 'kill') server.kill('SIGKILL');
      await server.close(END_MS);
      this.#processes.forget(server);
    }
  }

  async bringUp(): Promise<void> {
    this.#started((await this.#launch()).child);
  }

  async #launch(): Promise<{ child: Child; url: URL }> {
    const { child, message } = await this.#processes.start(this.#spec(), readyUrl);
    return { child, url: new URL(message) };
  }

  #spec(): ChildSpec {
    const lifted = { messagesPerSecond: 0, maxConnectionsPerAddress: 0 };
    const given = { port: this.#port, ...lifted, ...this.#options };
    const main = [modulePath('../../server/main.ts', import.meta.url)];
    return { role: 'server', main, env: { CHATSTORM_SERVER: JSON.stringify(given) }, folder: this.#folder };
  }
}

/** The address in the message by which a server says that it is ready. */
export function readyUrl(message: unknown): string | undefined {
  return (message as { ready?: string }).ready;
}
