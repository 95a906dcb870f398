import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { cores, onCore } from './cores.ts';
import { ENGINE_SERVER, type ServerSetup, type ServerState, type ToServer } from './engine-order.ts';
import type { Leftovers } from './leftovers.ts';

const POLL_MS = 20;

/** The server of the engine benchmark, a process on a core of its own. */
export class ServerProcess {
  readonly pid: number;
  readonly port: number;
  readonly #child: ChildProcess;
  readonly #leftovers: Leftovers;

  private constructor(child: ChildProcess, leftovers: Leftovers, port: number) {
    this.#child = child;
    this.#leftovers = leftovers;
    this.pid = child.pid!;
    this.port = port;
  }

  static async start(leftovers: Leftovers, setup: ServerSetup): Promise<ServerProcess> {
    const main = fileURLToPath(new URL('./engine-server.ts', import.meta.url));
    const [file, ...args] = onCore(cores.server, [process.execPath, main]);
    const env = { ...process.env, [ENGINE_SERVER]: JSON.stringify(setup) };
    const child = spawn(file, args, { env, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    leftovers.add(child);
    const { port } = await stateFrom(child);
    return new ServerProcess(child, leftovers, port);
  }

  async end(): Promise<void> {
    await this.#leftovers.end(this.#child);
  }

  async ask(told: ToServer): Promise<ServerState> {
    if (!this.#child.connected) throw new Error('The server of the benchmark has ended.');
    const answered = stateFrom(this.#child);
    this.#child.send(told);
    return answered;
  }

  async connectionsOf(group: string): Promise<number> {
    return (await this.ask({ tell: true })).connections[group] ?? 0;
  }

  /** Waits until a group has so many connections: at least, or at most if none are wanted. */
  async reached(group: string, connections: number, withinMs: number, meanwhile: () => void = () => {}): Promise<void> {
    for (const end = performance.now() + withinMs; ; await pause(POLL_MS)) {
      meanwhile();
      const open = await this.connectionsOf(group);
      if (connections === 0 ? open === 0 : open >= connections) return;
      if (performance.now() > end)
        throw new Error(`Expected ${connections} connections within ${withinMs / 1000} s, the server has ${open}.`);
    }
  }
}

async function stateFrom(child: ChildProcess): Promise<ServerState> {
  const ended = new AbortController();
  const { signal } = ended;
  const [state] = await Promise.race([
    once(child, 'message', { signal }),
    once(child, 'exit', { signal }).then(([code]) => {
      throw new Error(`The server of the benchmark ended with ${code}.`);
    }),
  ]).finally(() => ended.abort());
  return state as ServerState;
}
