import { closeSync, existsSync, openSync, readdirSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { sourceRoles } from '../../measure/metrics/source.ts';
import { UnwritableError } from '../folder/line-writer.ts';
import type { FilePart } from './file-sender.ts';

const NAME = new RegExp(`^(?:${sourceRoles.join('|')})-(\\d+)-\\d+\\.ndjson$`);

/**
 * Puts parts of workers' files where they belong in a run's folder. A part that has come already is nothing new, and one whose
 * beginning is missing is left for when it is sent again: what is there of a file is all of it up to there.
 */
export class FileCollector {
  readonly #folder: string;
  /** By file: its length. */
  readonly #have = new Map<string, number>();

  /** Goes on with what is in the folder already. */
  constructor(folder: string) {
    this.#folder = folder;
    for (const file of readdirSync(folder)) {
      const shard = shardOfFile(file);
      if (shard !== undefined && shard > 0) this.#have.set(file, statSync(join(folder, file)).size);
    }
  }

  /** Throws an UnwritableError; a part that is none of the shard's is not taken. */
  take(shard: number, { file, from, text }: FilePart): void {
    if (shardOfFile(file) !== shard) return;
    const length = this.#have.get(file) ?? 0;
    const bytes = Buffer.from(text, 'latin1');
    if (from > length || from + bytes.length <= length) return;
    const path = join(this.#folder, file);
    try {
      const descriptor = openSync(path, existsSync(path) ? 'r+' : 'w');
      try {
        const fresh = bytes.subarray(length - from);
        for (let at = 0; at < fresh.length; ) at += writeSync(descriptor, fresh, at, fresh.length - at, length + at);
        this.#have.set(file, from + bytes.length);
      } finally {
        closeSync(descriptor);
      }
    } catch (error) {
      throw new UnwritableError(path, error);
    }
  }

  /** How much there is of each file. */
  have(): Record<string, number> {
    return Object.fromEntries(this.#have);
  }

  /** Whether there is as much of each as there is to be. */
  isWhole(sizes: Readonly<Record<string, number>>): boolean {
    return Object.entries(sizes).every(([file, size]) => (this.#have.get(file) ?? 0) >= size);
  }
}

function shardOfFile(file: string): number | undefined {
  const shard = NAME.exec(file)?.[1];
  return shard === undefined ? undefined : Number(shard);
}
