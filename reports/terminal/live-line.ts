import { createLogUpdate } from 'log-update';
import type { Progress } from '../../measure/fold/progress.ts';
import { progressLine } from './summary.ts';
import type { Paint } from './text-table.ts';

/** How often a line is printed where lines cannot be updated, s. */
const EVERY_S = 10;

/** Shows a run's progress: one line that changes on a terminal, a line every ten seconds elsewhere. */
export class LiveLine {
  readonly #stream: NodeJS.WriteStream;
  readonly #paint: Paint;
  readonly #update: ReturnType<typeof createLogUpdate> | undefined;
  #printedAt = 0;

  /** `changes`: whether the stream is a terminal on which a line can be taken back. */
  constructor(stream: NodeJS.WriteStream, paint: Paint, changes: boolean) {
    this.#stream = stream;
    this.#paint = paint;
    this.#update = changes ? createLogUpdate(stream) : undefined;
  }

  /** Shows what is going on while there is nothing to follow yet; only where the line can be taken away again. */
  note(text: string): void {
    this.#update?.(text);
  }

  show(progress: Progress): void {
    const line = progressLine(progress, this.#paint);
    if (this.#update) return this.#update(line);
    if (progress.at - this.#printedAt < EVERY_S) return;
    this.#printedAt = progress.at;
    this.#stream.write(`${line}\n`);
  }

  /** Takes the changing line away, to make room for something else. */
  clear(): void {
    this.#update?.clear();
    this.#update?.done();
    this.#printedAt = 0;
  }
}
