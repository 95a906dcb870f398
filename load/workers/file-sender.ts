import { closeSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';

const CHUNK_BYTES = 64 << 10;
/** How long what was sent may stay unconfirmed before it is sent again. */
const PATIENCE_MS = 3000;
/** So much may be on its way. */
const MOST_UNCONFIRMED_BYTES = 4 << 20;
const LINE_END = 0x0a;

/** A part of a file, from a byte on; each character of the text is a byte. */
export interface FilePart {
  readonly file: string;
  readonly from: number;
  readonly text: string;
}

interface Sent {
  sent: number;
  confirmed: number;
  confirmedAt: number;
}

/**
 * What of a folder's files with lines is to be sent: whole lines, as they are written, and again from where they were confirmed
 * where that takes too long. The files themselves are what is kept until then.
 */
export class FileSender {
  readonly #folder: string;
  readonly #files = new Map<string, Sent>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The next parts; `now` in ms. */
  take(now: number): FilePart[] {
    for (const file of readdirSync(this.#folder)) {
      if (file.endsWith('.ndjson') && !this.#files.has(file))
        this.#files.set(file, { sent: 0, confirmed: 0, confirmedAt: now });
    }
    return [...this.#files].flatMap(([file, state]) => this.#partsOf(file, state, now));
  }

  /** So much of each file has arrived. */
  confirm(have: Readonly<Record<string, number>>, now: number): void {
    for (const [file, state] of this.#files) {
      const arrived = have[file] ?? 0;
      if (arrived > state.confirmed || arrived >= state.sent) state.confirmedAt = now;
      state.confirmed = Math.max(state.confirmed, arrived);
    }
  }

  /** How much of each file has been sent. */
  sizes(): Record<string, number> {
    return Object.fromEntries([...this.#files].map(([file, { sent }]) => [file, sent]));
  }

  get isConfirmed(): boolean {
    return [...this.#files.values()].every(({ sent, confirmed }) => confirmed >= sent);
  }

  #partsOf(file: string, state: Sent, now: number): FilePart[] {
    if (state.confirmed < state.sent && now - state.confirmedAt > PATIENCE_MS) {
      state.sent = state.confirmed;
      state.confirmedAt = now;
    }
    const parts: FilePart[] = [];
    const descriptor = openSync(join(this.#folder, file), 'r');
    try {
      while (state.sent - state.confirmed < MOST_UNCONFIRMED_BYTES) {
        const bytes = wholeLines(descriptor, state.sent);
        if (bytes.length === 0) break;
        parts.push({ file, from: state.sent, text: bytes.toString('latin1') });
        state.sent += bytes.length;
      }
    } finally {
      closeSync(descriptor);
    }
    return parts;
  }
}

/** Whole lines from a byte on, a chunk of them; empty where none is whole. */
function wholeLines(descriptor: number, from: number): Buffer {
  for (let size = CHUNK_BYTES; ; size *= 4) {
    const bytes = Buffer.alloc(size);
    const length = readSync(descriptor, bytes, 0, size, from);
    const end = bytes.lastIndexOf(LINE_END, length - 1) + 1;
    if (length === 0) return bytes.subarray(0, 0);
    if (end > 0 || length < size) return bytes.subarray(0, end);
  }
}
