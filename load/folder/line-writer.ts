import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { EventLine } from '../../measure/metrics/events.ts';
import { type Source, sourceName } from '../../measure/metrics/source.ts';
import type { Window } from '../../measure/metrics/window.ts';

/** Appends a source's lines to its file; every line is with the system when `write` returns. */
export class LineWriter {
  #file: number | undefined;

  constructor(folder: string, source: Source) {
    this.#file = openSync(join(folder, `${sourceName(source)}.ndjson`), 'a');
  }

  write(lines: readonly (Window | EventLine)[]): void {
    if (this.#file === undefined || lines.length === 0) return;
    writeSync(this.#file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }
}
