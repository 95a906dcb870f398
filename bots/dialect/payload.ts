/** What is filled into what is sent, and what is read out of what is received. */

import type { Args, Blanks, Json, Path } from './dialect.ts';

const BLANK = /\{([a-z]\w*(?:\.\w+)?)\}/gi;
const BUFFER_BLANK = /^\{([a-z]\w*(?:\.\w+)?):buffer\}$/i;

/** The arguments with the blanks filled in, wherever in them one stands. A blank that nothing fills stays as it is. */
export function fillIn(args: Args, blanks: Blanks): unknown[] {
  return typeof args === 'function' ? [...args(blanks)] : args.map((arg) => fill(arg, blanks));
}

/** A value with its blanks filled in. */
export function fill(value: Json, blanks: Blanks): unknown {
  if (typeof value === 'string') return fillText(value, blanks);
  if (Array.isArray(value)) return value.map((item) => fill(item, blanks));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fill(item, blanks)]));
}

function fillText(text: string, blanks: Blanks): string | Buffer {
  const buffered = BUFFER_BLANK.exec(text)?.[1];
  if (buffered !== undefined && Object.hasOwn(blanks, buffered)) return Buffer.from(blanks[buffered]!);
  return text.replace(BLANK, (blank, name: string) => (Object.hasOwn(blanks, name) ? blanks[name]! : blank));
}

/** What is known of another user, as blanks: `{peer.NAME}`. */
export function peerBlanks(facts: Blanks): Blanks {
  return Object.fromEntries(Object.entries(facts).map(([name, value]) => [`peer.${name}`, value]));
}

/** The blanks that stand in arguments, each once. A function's are not known. */
export function blanksIn(args: unknown): string[] {
  const text = JSON.stringify(args) ?? '';
  const found = [...text.matchAll(/\{([a-z]\w*(?:\.\w+)?)(?::buffer)?\}/gi)].map(([, name]) => name!);
  return [...new Set(found)];
}

/** A reader of what stands at a path of an event's arguments; it gives undefined where there is nothing. */
export function readerOf(path: Path): (args: readonly unknown[]) => unknown {
  if (typeof path === 'function') return (args) => path(...args);
  const reader = readers.get(path) ?? readerOfPath(path);
  readers.set(path, reader);
  return reader;
}

/** By path: every user of a dialect reads by the same. */
const readers = new Map<string, (args: readonly unknown[]) => unknown>();

function readerOfPath(path: string): (args: readonly unknown[]) => unknown {
  const steps = path.split('.');
  return (args) => {
    let found: unknown = args;
    for (const step of steps) {
      if (typeof found !== 'object' || found === null || !Object.hasOwn(found, step)) return undefined;
      found = (found as Record<string, unknown>)[step];
    }
    return found;
  };
}

/** The text that a payload is, or holds as bytes; undefined of anything else. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return value instanceof Uint8Array
    ? Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString()
    : undefined;
}

/** All of a payload as one text in which a message can be looked for; bytes are read as text. */
export function wholeText(args: readonly unknown[]): string {
  const texts: string[] = [];
  collect(args, texts, 0);
  return texts.join('\n');
}

const DEEPEST = 20;

function collect(value: unknown, texts: string[], depth: number): void {
  const text = textOf(value);
  if (text !== undefined) texts.push(text);
  else if (typeof value === 'object' && value !== null && depth < DEEPEST)
    for (const item of Object.values(value)) collect(item, texts, depth + 1);
}

/** The reason in an ack that refuses: `ok: false` or an `error` in its first argument; undefined in any other. */
export function refusal(args: readonly unknown[]): string | undefined {
  const [answer] = args;
  if (typeof answer !== 'object' || answer === null) return undefined;
  const { ok, error } = answer as { ok?: unknown; error?: unknown };
  if (ok !== false && !error) return undefined;
  if (typeof error === 'string') return error;
  const { code, message } = (error ?? {}) as { code?: unknown; message?: unknown };
  return String(code ?? message ?? 'refused');
}
