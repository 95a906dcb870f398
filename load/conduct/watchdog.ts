import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('../children/watchdog.sh', import.meta.url));
/** Longer than a child on its leash takes to end by itself. */
const PATIENCE_S = 4;

/**
 * Sees to it that no child outlives the conductor, also one that is stopped or whose event loop is blocked: a shell in a
 * group of its own that ends what is left once its input closes, which the kernel does however the conductor ends.
 */
export class Watchdog {
  readonly #shell: ChildProcess;

  constructor() {
    this.#shell = spawn('/bin/sh', [script, String(PATIENCE_S)], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
    });
    // Without it there is still the leash.
    this.#shell.on('error', () => {});
    this.#shell.stdin?.on('error', () => {});
    this.#shell.unref();
  }

  began(pid: number): void {
    this.#tell(`+ ${pid}`);
  }

  ended(pid: number): void {
    this.#tell(`- ${pid}`);
  }

  close(): void {
    this.#shell.stdin?.end();
  }

  #tell(line: string): void {
    const { stdin } = this.#shell;
    if (stdin?.writable) stdin.write(`${line}\n`);
  }
}
