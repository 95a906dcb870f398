import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { modulePath } from '../../base/installation.ts';

const main = modulePath('../../server/main.ts', import.meta.url);
const READY_MS = 15_000;

/** How Node is started: as it was started itself, so that it loads the same packages. */
export interface NodeLaunch {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The reference chat as a process of its own, which is ended and started again on request, on the same port. */
export class LabChat {
  readonly #launch: NodeLaunch;
  readonly #options: object;
  #port = 0;
  #process: ChildProcess | undefined;

  constructor(launch: NodeLaunch, options: object) {
    this.#launch = launch;
    this.#options = options;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Rejects with an Error where it does not come up. */
  async start(): Promise<void> {
    const options = { ...this.#options, port: this.#port, messagesPerSecond: 0, page: false, historyLength: 0 };
    const { program, args, env } = this.#launch;
    const started = spawn(program, [...args, main], {
      env: { ...env, CHATSTORM_SERVER: JSON.stringify(options) },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.#process = started;
    let said = '';
    started.stderr?.on('data', (chunk) => {
      said = (said + chunk).slice(0, 300);
    });
    const ready = once(started, 'message', { signal: AbortSignal.timeout(READY_MS) });
    const ended = once(started, 'exit').then(() => {
      throw new Error(`The reference chat did not start: ${said.trim()}`);
    });
    const [message] = (await Promise.race([ready, ended])) as [{ ready: string }];
    ended.catch(() => {});
    this.#port = Number(new URL(message.ready).port);
  }

  /** Has it stand still, with everything that it has open. */
  freeze(): void {
    this.#process?.kill('SIGSTOP');
  }

  /** Ends it: in order, or at once. */
  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    const one = this.#process;
    if (!one?.pid || one.exitCode !== null || one.signalCode !== null) return;
    const ended = once(one, 'exit');
    one.kill(signal);
    await ended;
  }
}
