import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { TargetName } from './all.ts';
import type { Truth } from './target.ts';

const main = fileURLToPath(new URL('main.ts', import.meta.url));

/** A target in a process of its own, so that it and the probes do not share an event loop. */
export class TargetProcess {
  readonly url: string;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, url: string) {
    this.#child = child;
    this.url = url;
  }

  static async start(name: TargetName): Promise<TargetProcess> {
    const child = fork(main, [name], { execArgv: [] });
    const [{ url }] = await answerOf(child, name);
    return new TargetProcess(child, url);
  }

  /** What the target has done until now, by its own count. */
  async truth(): Promise<Truth> {
    this.#child.send('truth');
    const [{ truth }] = await answerOf(this.#child, 'target');
    return truth;
  }

  async close(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exit = once(this.#child, 'exit');
    this.#child.disconnect();
    await exit;
  }
}

/** The child's next message. Rejects where the child ends instead. */
function answerOf(child: ChildProcess, name: string): Promise<[{ url: string; truth: Truth }]> {
  return new Promise((resolve, reject) => {
    const died = (code: number | null) => reject(new Error(`Expected ${name} to answer, but it ended with ${code}.`));
    child.once('exit', died);
    child.once('message', (message) => {
      child.off('exit', died);
      resolve([message as { url: string; truth: Truth }]);
    });
  });
}
