import { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { clockMark, runClock } from '../../bots/clock.ts';
import { sourceOf } from '../../measure/metrics/source.ts';
import { CrowdRecorder } from '../../measure/record/crowd-recorder.ts';
import { HeardSequences } from '../../measure/record/heard-sequences.ts';
import { CHANNEL_FD, ENGINE_ORDER, type Order, run } from './engine-order.ts';

/** What this load generator was told to do. */
export function readOrder(): Order {
  return JSON.parse(process.env[ENGINE_ORDER] ?? '{}');
}

/** Records what a load generator's connections hear as the crowd does, and tells the benchmark how much that was. */
export class Ears {
  readonly #recorder = new CrowdRecorder(sourceOf('crowd'), { run, clock: clockMark });
  readonly #clock: () => number;
  readonly #times;
  #received = 0;

  constructor({ startAt, transport }: Order, grow: (connections: number) => void = () => {}) {
    this.#clock = runClock(startAt);
    this.#times = this.#recorder.timesOver(transport);
    setInterval(() => this.#recorder.flush(), 1000).unref();
    this.#answer(grow);
  }

  /** What one more connection hears messages with: it is given the arguments of each. */
  listener(): (args: readonly unknown[]) => void {
    const heard = new HeardSequences();
    return (args) => {
      this.#received++;
      const { text } = args[0] as { readonly text: string };
      this.#recorder.delivered(heard, 1, text, this.#clock(), this.#times);
    };
  }

  /** Where the channel closes, the benchmark has ended. */
  #answer(grow: (connections: number) => void): void {
    const channel = new Socket({ fd: CHANNEL_FD });
    channel.once('close', () => process.kill(process.pid, 'SIGKILL'));
    const lines = createInterface(channel).on('error', () => {});
    lines.on('line', (line) => {
      const [what, n] = line.split(' ');
      if (what === 'grow') return grow(Number(n));
      if (what === 'collect') globalThis.gc?.({ type: 'major', execution: 'sync' });
      channel.write(`${what === 'count' ? this.#received : 0}\n`);
    });
  }
}
