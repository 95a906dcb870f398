import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { accepts } from '../../../base/accepts.ts';
import type { Dialect } from '../../../bots/dialect/dialect.ts';
import type { ProcessEnd } from '../../../measure/metrics/events.ts';
import { endAndBringUp, type FaultWatch, type Restartable, type Target, type TargetFault } from './struck-target.ts';

const HOOK_MS = 30_000;
const UP_MS = 30_000;
const POLL_MS = 50;

/** A hook that did not do what it should. */
export class HookError extends Error {
  readonly end: ProcessEnd;

  constructor(name: string, end: ProcessEnd) {
    super(`The hook ${name} failed.`);
    this.end = end;
  }
}

/** A foreign server, ended and started by its owner's commands. What they print goes to hooks.log in the run's folder. */
export class HookedServer implements Target, Restartable {
  readonly outlivesRun = true;
  readonly #hooks: Dialect['hooks'];
  readonly #target: URL;
  readonly #folder: string;

  constructor(hooks: Dialect['hooks'], target: URL, folder: string) {
    this.#hooks = hooks;
    this.#target = target;
    this.#folder = folder;
  }

  async strike({ how, downMs }: TargetFault, watch: FaultWatch): Promise<void> {
    if (how === 'kill' || how === 'restart') await endAndBringUp(this, { how, downMs }, watch);
  }

  /** The hook `restart` does all of it, and is run by {@link bringUp}. Rejects with a HookError. */
  async end(how: 'kill' | 'restart'): Promise<void> {
    if (how === 'kill') await this.#run('kill');
  }

  /** Waits until it takes connections. Rejects with a HookError. */
  async bringUp(how: 'kill' | 'restart'): Promise<void> {
    const hook = how === 'kill' ? 'start' : 'restart';
    await this.#run(hook);
    for (const end = Date.now() + UP_MS; !(await accepts(this.#target)); await pause(POLL_MS))
      if (Date.now() > end) throw new HookError(hook, { kind: 'timedOut', afterMs: UP_MS });
  }

  #run(name: keyof Dialect['hooks']): Promise<void> {
    const command = this.#hooks[name];
    if (command === null) return Promise.resolve();
    const log = openSync(join(this.#folder, 'hooks.log'), 'a');
    const shell = spawn('/bin/sh', ['-c', command], { stdio: ['ignore', log, log], detached: true });
    closeSync(log);
    return new Promise((resolve, reject) => {
      const fail = (end: ProcessEnd) => reject(new HookError(name, end));
      const timer = setTimeout(() => {
        if (shell.pid) process.kill(-shell.pid, 'SIGKILL');
        fail({ kind: 'timedOut', afterMs: HOOK_MS });
      }, HOOK_MS);
      shell.once('error', ({ message }) => fail({ kind: 'failed', message }));
      shell.once('exit', (code, signal) => {
        clearTimeout(timer);
        if (code === 0) resolve();
        else fail(signal ? { kind: 'signal', signal } : { kind: 'exit', code: code ?? 0 });
      });
    });
  }
}
