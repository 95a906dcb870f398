import { createLogUpdate } from 'log-update';
import sliceAnsi from 'slice-ansi';
import type { Progress } from '../../measure/fold/progress.ts';
import { progressLine } from './progress-line.ts';
import type { Terminal } from './terminal.ts';

/** How often a line is printed where lines cannot be updated, s. */
const EVERY_S = 10;

/** Shows a run's progress: one line that changes on a terminal, a line every ten seconds elsewhere. */
export class LiveLine {
  readonly #stream: NodeJS.WriteStream;
  readonly #terminal: Terminal;
  readonly #update: ReturnType<typeof createLogUpdate> | undefined;
  readonly #redraw = () => this.#update?.(this.#line());
  #line = () => '';
  #printedAt = 0;

  /** `changes`: whether the stream is a terminal on which a line can be taken back. */
  constructor(stream: NodeJS.WriteStream, terminal: Terminal, changes: boolean) {
    this.#stream = stream;
    this.#terminal = terminal;
    this.#update = changes ? createLogUpdate(stream) : undefined;
  }

  /** Shows what is going on while there is nothing to follow yet; only where the line can be taken away again. */
  note(text: string): void {
    if (this.#update) this.#draw(() => sliceAnsi(text, 0, this.#terminal.width));
  }

  show(progress: Progress): void {
    const line = () => progressLine(progress, this.#terminal);
    if (this.#update) return this.#draw(line);
    if (progress.at - this.#printedAt < EVERY_S) return;
    this.#printedAt = progress.at;
    this.#stream.write(`${line()}\n`);
  }

  /** Takes the changing line away, to make room for something else. */
  clear(): void {
    this.#stream.off('resize', this.#redraw);
    this.#update?.clear();
    this.#update?.done();
    this.#printedAt = 0;
  }

  /** Draws a line now, and again whenever the terminal gets another width. */
  #draw(line: () => string): void {
    this.#line = line;
    this.#stream.off('resize', this.#redraw).on('resize', this.#redraw);
    this.#redraw();
  }
}
