import { closeSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';
import type { EventLine } from '../measure/events.ts';
import { parseLine } from '../measure/lines.ts';
import type { Window } from '../measure/window.ts';

const CHUNK_BYTES = 1 << 20;

/** Reads what was appended to a run's folder since the last look; half a line waits for its other half. */
export class FolderTail {
  readonly #folder: string;
  readonly #read = new Map<string, { at: number; rest: string }>();
  readonly #chunk = Buffer.alloc(CHUNK_BYTES);

  constructor(folder: string) {
    this.#folder = folder;
  }

  look(): (Window | EventLine)[] {
    const sources = readdirSync(this.#folder).filter((file) => file.endsWith('.ndjson'));
    return sources.flatMap((file) => this.#lookAt(file));
  }

  #lookAt(file: string): (Window | EventLine)[] {
    const state = this.#read.get(file) ?? { at: 0, rest: '' };
    const descriptor = openSync(join(this.#folder, file), 'r');
    const length = readSync(descriptor, this.#chunk, 0, CHUNK_BYTES, state.at);
    closeSync(descriptor);
    const texts = (state.rest + this.#chunk.toString('utf8', 0, length)).split('\n');
    this.#read.set(file, { at: state.at + length, rest: texts.pop() ?? '' });
    return texts.map(parseLine).filter((line) => line !== undefined);
  }
}
