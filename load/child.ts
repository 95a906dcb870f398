import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compileCache } from './compile-cache.ts';
import { PULSE_FOLDER, PULSE_SOURCE } from './messages.ts';

export type Role = 'server' | 'proxy' | 'probes' | 'crowd' | 'echo';

export interface ChildSpec {
  readonly role: Role;
  /** The file to run with Node, and its arguments. */
  readonly main: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Where its output goes, as ROLE.log. */
  readonly folder: string;
}

const leash = fileURLToPath(new URL('./leash.ts', import.meta.url));

/**
 * A child process of the conductor, in a group of its own, so that Ctrl-C reaches only the conductor, and on a leash, so
 * that it ends with the conductor.
 */
export class Child {
  readonly role: Role;
  readonly pid: number;
  /** How it ended, in words: `exit 1`, `SIGKILL`. Never rejects. */
  readonly ended: Promise<string>;
  readonly #process: ChildProcess;
  #how: string | undefined;

  constructor({ role, main, env, folder }: ChildSpec) {
    const log = openSync(join(folder, `${role}.log`), 'a');
    this.role = role;
    this.#process = spawn(process.execPath, ['--import', leash, ...main], {
      env: { NODE_COMPILE_CACHE: compileCache, ...process.env, ...env, [PULSE_FOLDER]: folder, [PULSE_SOURCE]: role },
      stdio: ['ignore', log, log, 'ipc'],
      detached: true,
    });
    closeSync(log);
    this.pid = this.#process.pid ?? 0;
    this.ended = new Promise((resolve) => {
      const end = (how: string) => {
        this.#how ??= how;
        resolve(this.#how);
      };
      this.#process.once('exit', (code, signal) => end(signal ?? `exit ${code}`));
      this.#process.on('error', (error) => {
        if (this.pid === 0) end(error.message);
      });
    });
  }

  /** How it ended, undefined while it runs. */
  get how(): string | undefined {
    return this.#how;
  }

  send(message: object): void {
    if (this.#process.connected) this.#process.send(message, () => {});
  }

  /** Calls back with every message from now on. */
  listen(heard: (message: unknown) => void): void {
    this.#process.on('message', heard);
  }

  /** The first message that `read` makes something of. Rejects when the child ends before, or the time is over. */
  async message<T>(read: (message: unknown) => T | undefined, timeoutMs: number): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const listen = (message: unknown) => {
      const made = read(message);
      if (made !== undefined) resolve(made);
    };
    const timer = setTimeout(() => reject(new Error(`gave no sign within ${timeoutMs / 1000} s`)), timeoutMs);
    this.#process.on('message', listen);
    this.ended.then((how) => reject(new Error(`ended with ${how}`)));
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#process.off('message', listen);
    }
  }

  /** Asks it to end, and kills it where it has not after `patienceMs`; resolves when it is gone. */
  async close(patienceMs: number): Promise<void> {
    if (this.#how !== undefined) return;
    this.kill('SIGTERM');
    const timer = setTimeout(() => this.kill('SIGKILL'), patienceMs);
    await this.ended;
    clearTimeout(timer);
  }

  kill(signal: NodeJS.Signals): void {
    if (this.#how === undefined) this.#process.kill(signal);
  }
}
