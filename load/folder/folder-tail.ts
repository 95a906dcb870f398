import { closeSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { openIfFile } from '../../base/read-text-file.ts';
import type { EventLine } from '../../measure/metrics/events.ts';
import { parseLine } from '../../measure/metrics/lines.ts';
import type { Window } from '../../measure/metrics/window.ts';

const CHUNK_BYTES = 1 << 20;
const LINE_END = 0x0a;
const LONGEST_LINE_BYTES = 8 << 20;
/** Of a file that anybody may have written: a source of ours writes less in a day. */
const MOST_BYTES = 512 << 20;

/** Reads what was appended to a run's folder since the last read; half a line waits for its other half. */
export class FolderTail {
  readonly #folder: string;
  readonly #files = new Map<string, { at: number; rest: Buffer }>();
  readonly #chunk: Buffer;
  #isBehind = false;

  /** `chunkBytes` is how much of a file one read takes at most. */
  constructor(folder: string, chunkBytes = CHUNK_BYTES) {
    this.#folder = folder;
    this.#chunk = Buffer.alloc(chunkBytes);
  }

  /** Whether the last read left more to be read. */
  get isBehind(): boolean {
    return this.#isBehind;
  }

  read(): (Window | EventLine)[] {
    this.#isBehind = false;
    const sources = readdirSync(this.#folder).filter((file) => file.endsWith('.ndjson'));
    return sources.flatMap((file) => this.#stateIn(file));
  }

  #stateIn(file: string): (Window | EventLine)[] {
    const state = this.#files.get(file) ?? { at: 0, rest: Buffer.alloc(0) };
    const length = state.at < MOST_BYTES ? this.#readFrom(join(this.#folder, file), state.at) : 0;
    if (length === this.#chunk.length) this.#isBehind = true;
    // Cut at a line's end, in bytes: a character may lie across the end of a chunk.
    const bytes = Buffer.concat([state.rest, this.#chunk.subarray(0, length)]);
    const end = bytes.lastIndexOf(LINE_END) + 1;
    const rest = bytes.subarray(end);
    // Nothing of ours is that long: its end is read as a line of its own, which is none.
    this.#files.set(file, { at: state.at + length, rest: rest.length > LONGEST_LINE_BYTES ? Buffer.alloc(0) : rest });
    const texts = bytes.toString('utf8', 0, end).split('\n').slice(0, -1);
    return texts.map(parseLine).filter((line) => line !== undefined);
  }

  /** Reads into the chunk; of what is no file, as a pipe, nothing. */
  #readFrom(path: string, at: number): number {
    const descriptor = openIfFile(path);
    if (descriptor === undefined) return 0;
    try {
      return readSync(descriptor, this.#chunk, 0, this.#chunk.length, at);
    } finally {
      closeSync(descriptor);
    }
  }
}
