import { quietPort } from '../../../base/quiet-port.ts';
import type { Child } from '../child.ts';
import type { Processes } from '../processes.ts';
import { findProgram } from './programs.ts';
import { endAndBringUp, type FaultWatch, type Restartable } from './struck-target.ts';

const END_MS = 5000;
/** It writes down what it holds when it ends in order, as Redis does where nothing else is said. */
const SAVE = '3600 1';

/** A Redis of the run's own on this machine, with its data in a folder. */
export class RedisServer implements Restartable {
  readonly outlivesRun = false;
  readonly #processes: Processes;
  readonly #folder: string;
  readonly #data: string;
  readonly #ended: WeakSet<Child>;
  #port = 0;
  #child: Child | undefined;

  constructor(processes: Processes, folder: string, data: string, ended: WeakSet<Child>) {
    this.#processes = processes;
    this.#folder = folder;
    this.#data = data;
    this.#ended = ended;
  }

  /** Starts it on a port that is free; its address. Rejects with a StartError. */
  async start(): Promise<URL> {
    this.#port = await quietPort();
    await this.bringUp();
    return new URL(`redis://127.0.0.1:${this.#port}`);
  }

  /** Ends it in order, and starts it again after `downMs` on the same port, with its data. */
  restart(downMs: number, watch: FaultWatch): Promise<void> {
    return endAndBringUp(this, { how: 'restart', downMs }, watch);
  }

  async end(): Promise<void> {
    const redis = this.#child;
    if (!redis) return;
    this.#ended.add(redis);
    await redis.close(END_MS);
    this.#processes.forget(redis);
  }

  async bringUp(): Promise<void> {
    const options = { port: String(this.#port), bind: '127.0.0.1', dir: this.#data, save: SAVE, appendonly: 'no' };
    const main = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value]);
    const spec = {
      role: 'redis',
      main,
      program: findProgram('redis-server').file,
      env: {},
      folder: this.#folder,
    } as const;
    this.#child = await this.#processes.startListening(spec, this.#port);
  }
}
