import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Duplex } from 'node:stream';
import { cores, onCore } from './cores.ts';
import { CHANNEL_FD } from './engine-order.ts';
import type { Leftovers } from './leftovers.ts';
import { type CoreTime, coreTimeOf } from './process-cost.ts';
import type { Program } from './program.ts';

const ANSWER_MS = 20_000;

/** A load generator that was started, on a core of its own. */
export class GeneratorProcess {
  readonly pid: number;
  readonly #child: ChildProcess;
  readonly #leftovers: Leftovers;
  readonly #channel: Duplex;
  readonly #answers: ((n: number) => void)[] = [];
  #said = '';
  /** Why it is of no use any more, once it is. */
  #failure: string | undefined;

  constructor({ command, env }: Program, leftovers: Leftovers) {
    const [file, ...args] = onCore(cores.generator, command);
    this.#child = spawn(file, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe', 'pipe'] });
    this.pid = this.#child.pid!;
    this.#leftovers = leftovers;
    leftovers.add(this.#child);
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.on('data', (chunk) => {
        this.#said = (this.#said + chunk).slice(-2000);
      });
    this.#child.once('error', ({ message }) => this.#fail(message));
    this.#child.once('close', (code, signal) => this.#fail(`it ended with ${signal ?? code}. ${this.#said}`.trim()));
    this.#channel = this.#child.stdio[CHANNEL_FD] as Duplex;
    createInterface(this.#channel)
      .on('line', (line) => this.#answers.shift()?.(Number(line)))
      // That it has ended is told by the process itself.
      .on('error', () => {});
  }

  get coreTime(): CoreTime {
    this.check();
    return coreTimeOf(this.pid);
  }

  /** Throws with the reason where it has ended. */
  check(): void {
    if (this.#failure !== undefined) throw new Error(`The load generator failed: ${this.#failure}`);
  }

  /** Has it connect until it has so many connections. One with a schedule of its own does so anyway. */
  grow(connections: number): void {
    this.#channel.write(`grow ${connections}\n`);
  }

  /** How many messages it has received, or its memory collected. */
  ask(what: 'count' | 'collect'): Promise<number> {
    this.check();
    return new Promise((resolve, reject) => {
      const late = setTimeout(
        () => reject(new Error(`The load generator did not answer within ${ANSWER_MS / 1000} s. ${this.#said}`)),
        ANSWER_MS,
      );
      this.#answers.push((n) => {
        clearTimeout(late);
        if (this.#failure === undefined) resolve(n);
        else reject(new Error(`The load generator failed: ${this.#failure}`));
      });
      this.#channel.write(`${what}\n`);
    });
  }

  async end(): Promise<void> {
    await this.#leftovers.end(this.#child);
  }

  #fail(why: string): void {
    this.#failure ??= why;
    for (const answer of this.#answers.splice(0)) answer(0);
  }
}
