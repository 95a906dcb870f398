import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What the benchmark started and wrote, and its end: also where the benchmark is told to stop. */
export class Leftovers {
  readonly folder = mkdtempSync(join(tmpdir(), 'chatstorm-engine-'));
  readonly #children = new Set<ChildProcess>();
  readonly #clear = () => {
    for (const child of this.#children) child.kill('SIGKILL');
    rmSync(this.folder, { recursive: true, force: true });
  };
  readonly #stop = () => process.exit(130);

  constructor() {
    process.once('exit', this.#clear);
    process.once('SIGINT', this.#stop);
    process.once('SIGTERM', this.#stop);
  }

  add(child: ChildProcess): void {
    this.#children.add(child);
    child.once('exit', () => this.#children.delete(child));
  }

  /** Ends a child, and waits until it has. */
  async end(child: ChildProcess): Promise<void> {
    if (!this.#children.has(child)) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#children].map((child) => this.end(child)));
    this.#clear();
    process.off('exit', this.#clear);
    process.off('SIGINT', this.#stop);
    process.off('SIGTERM', this.#stop);
  }
}
