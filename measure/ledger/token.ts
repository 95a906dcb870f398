/**
 * The token: what a measured message carries inside its text, so that a recipient can tell which message it is.
 *
 *   morning all, anyone tried the new build 0cs.p.1x8k2f.k3j2h1.3.0.2s.5fz0k8.q.1bu6ck0.z4lq1a.sc0
 *   └──────────────── text ───────────────┘ └┬┘ │ └run─┘ └clock┘ │ │ └─ seq, dueAt in µs, length and sum of the text, sum of the token
 *                                          start kind      sender room
 *
 * All fields but the kind are base 36, so a token holds `[0-9a-z.]` only and survives escaping, trimming and decoration
 * of the message by the target. The length says how many characters before the token the text's sum covers.
 */

import { hash } from '../../base/hash.ts';

const START = '0cs.';
const END = '.sc0';
const FIELDS = 10;

/**
 * Who sent a message, and what for: a probe's measured message, a crowd user's, a talker's closing call, or a canary, by
 * which a bot finds out whether its room hears it.
 */
export type TokenKind = 'probe' | 'crowd' | 'closing' | 'canary';

const letters: Readonly<Record<TokenKind, string>> = { probe: 'p', crowd: 'c', closing: 'z', canary: 'y' };

export interface TokenFields {
  readonly kind: TokenKind;
  /** Hash of the run's id, from {@link hash}. */
  readonly run: number;
  /** Hash of the boot id: which monotonic clock `dueUs` was read from. */
  readonly clock: number;
  readonly sender: number;
  readonly room: number;
  /** Counts up from 0 per sender and room. */
  readonly seq: number;
  /** When the message was due, in µs since the run's start. */
  readonly dueUs: number;
}

/** The text with its token behind it, ready to be sent. */
export function writeToken(text: string, f: TokenFields): string {
  const before = `${text} `;
  const numbers = [f.run, f.clock, f.sender, f.room, f.seq, f.dueUs, before.length, hash(before)];
  const body = `${START}${letters[f.kind]}.${numbers.map((n) => n.toString(36)).join('.')}`;
  return `${before}${body}.${hash(body).toString(36)}${END}`;
}

/** What {@link TokenReader.read} made of a text. A damaged token's fields cannot be trusted, a damaged text's can. */
export type TokenStatus = 'none' | 'whole' | 'damagedText' | 'damagedToken';

/** Reads tokens into its own fields, so that reading one allocates nothing. */
export class TokenReader {
  kind: TokenKind = 'probe';
  run = 0;
  clock = 0;
  sender = 0;
  room = 0;
  seq = 0;
  dueUs = 0;
  readonly #numbers = new Float64Array(FIELDS);
  #text = '';
  #status: TokenStatus = 'none';

  /** A text that was read just before, as everyone in a room receives it, is not read again. */
  read(text: string): TokenStatus {
    if (text !== this.#text) {
      this.#text = text;
      this.#status = this.#read(text);
    }
    return this.#status;
  }

  #read(text: string): TokenStatus {
    const start = text.indexOf(START);
    if (start < 0) return text.includes(END) ? 'damagedToken' : 'none';
    const sumAt = this.#parse(text, start + START.length + 2);
    if (sumAt < 0 || !text.startsWith(END, sumAt)) return 'damagedToken';
    const kind = text.charCodeAt(start + START.length);
    const numbers = this.#numbers;
    const bodyEnd = text.lastIndexOf('.', sumAt - 1);
    if (hash(text, start, bodyEnd) !== numbers[8]) return 'damagedToken';
    this.kind = kind === 0x70 ? 'probe' : kind === 0x63 ? 'crowd' : kind === 0x79 ? 'canary' : 'closing';
    this.run = numbers[0]!;
    this.clock = numbers[1]!;
    this.sender = numbers[2]!;
    this.room = numbers[3]!;
    this.seq = numbers[4]!;
    this.dueUs = numbers[5]!;
    const textStart = start - numbers[6]!;
    return textStart >= 0 && hash(text, textStart, start) === numbers[7] ? 'whole' : 'damagedText';
  }

  /** Parses the nine base-36 numbers from `at` on; the index behind the last, or -1. */
  #parse(text: string, at: number): number {
    let field = 0;
    let value = 0;
    let digits = 0;
    for (let i = at; i < text.length; i++) {
      const c = text.charCodeAt(i);
      const digit = c >= 0x30 && c <= 0x39 ? c - 0x30 : c >= 0x61 && c <= 0x7a ? c - 0x57 : -1;
      if (digit >= 0) {
        if (++digits > 10) return -1;
        value = value * 36 + digit;
        continue;
      }
      if (c !== 0x2e || digits === 0) return -1;
      this.#numbers[field++] = value;
      if (field === FIELDS - 1) return i;
      value = 0;
      digits = 0;
    }
    return -1;
  }
}
