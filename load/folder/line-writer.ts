import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { fileProblem, fileRemedy } from '../../base/file-problem.ts';
import type { EventLine } from '../../measure/metrics/events.ts';
import { type Source, sourceName } from '../../measure/metrics/source.ts';
import type { Window } from '../../measure/metrics/window.ts';

/** What was measured cannot be written down; the message is a sentence with the file and a remedy. */
export class UnwritableError extends Error {
  constructor(file: string, cause: unknown) {
    super(`Cannot write ${file}: ${fileProblem(cause)}.${fileRemedy(cause)}`, { cause });
  }
}

/** Notes that a run has ended in its folder, for a conductor that could not. Throws an UnwritableError. */
export function noteEnd(folder: string, source: Source): void {
  const writer = new LineWriter(folder, source);
  writer.write([{ at: 0, source, event: { kind: 'ended', at: 0 } }]);
  writer.close();
}

/** Appends a source's lines to its file; every line is with the system when `write` returns. Throws an UnwritableError. */
export class LineWriter {
  readonly #path: string;
  #file: number | undefined;

  constructor(folder: string, source: Source) {
    this.#path = join(folder, `${sourceName(source)}.ndjson`);
    this.#file = this.#try(() => openSync(this.#path, 'a'));
  }

  write(lines: readonly (Window | EventLine)[]): void {
    const file = this.#file;
    if (file === undefined || lines.length === 0) return;
    const bytes = Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    // On a disk that fills up, a part of it may fit.
    this.#try(() => {
      for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
    });
  }

  close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  #try<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw new UnwritableError(this.#path, error);
    }
  }
}
