import { closeSync, openSync, readdirSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { hostNow } from '../../bots/clock.ts';

/** Where a child writes its signs of life, and under which name; environment variables. */
export const PULSE_FOLDER = 'CHATSTORM_PULSE_FOLDER';
export const PULSE_NAME = 'CHATSTORM_PULSE_NAME';

const SUFFIX = '.pulse';
const INTERVAL_MS = 50;

/**
 * Writes a sign of life of this thread's event loop to a file, twenty times a second. A reader of the file sees that a
 * loop is blocked while it is blocked; a monitor inside of it would tell only afterwards.
 */
export function startPulse(folder: string, name: string): void {
  const file = openSync(join(folder, name + SUFFIX), 'w');
  const time = new Float64Array(1);
  const bytes = new Uint8Array(time.buffer);
  const tick = () => {
    time[0] = hostNow();
    try {
      writeSync(file, bytes, 0, bytes.length, 0);
    } catch {
      // On a full disk there are no signs of life; what is measured has words for it.
    }
  };
  tick();
  setInterval(tick, INTERVAL_MS).unref();
}

/** Reads the signs of life in a run's folder. */
export class PulseReader {
  readonly #folder: string;
  readonly #files = new Map<string, number>();
  readonly #time = new Float64Array(1);

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** For how long there was no sign of life, ms; of several names that begin so, the longest. Undefined without a file. */
  silenceOf(prefix: string): number | undefined {
    this.#find();
    const bytes = new Uint8Array(this.#time.buffer);
    let longest: number | undefined;
    for (const [source, file] of this.#files) {
      if (!source.startsWith(prefix) || readSync(file, bytes, 0, bytes.length, 0) < bytes.length) continue;
      longest = Math.max(longest ?? 0, hostNow() - this.#time[0]!);
    }
    return longest;
  }

  close(): void {
    for (const file of this.#files.values()) closeSync(file);
    this.#files.clear();
  }

  #find(): void {
    for (const file of readdirSync(this.#folder)) {
      const source = file.slice(0, -SUFFIX.length);
      if (file.endsWith(SUFFIX) && !this.#files.has(source))
        this.#files.set(source, openSync(join(this.#folder, file), 'r'));
    }
  }
}
