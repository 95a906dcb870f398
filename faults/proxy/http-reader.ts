/**
 * The least of HTTP/1.1 (RFC 9112) that is needed to see where a message begins and ends and whether it asks for
 * an upgrade. It never alters: the parts it tells are the bytes it was given, in order, and what it does not understand
 * is `raw`, until something comes that looks like a message again.
 */

import { type Body, chunkedBody, endlessBody, fixedBody } from './http-body.ts';

/** The head of a message. */
export interface Head {
  /** Of a request, such as GET; empty for a response. */
  readonly method: string;
  /** Of a response, such as 101; 0 for a request. */
  readonly status: number;
  /** Names in lower case; several of a name are joined by commas. */
  readonly headers: ReadonlyMap<string, string>;
  /** The whole head, its empty line included. */
  readonly text: string;
}

/** A piece of what was read. `partial` is the beginning of a head, `head` completes it; `last` is the end of a message. */
export type BotSpec =
  | { readonly kind: 'partial' | 'raw'; readonly data: Buffer }
  | { readonly kind: 'head'; readonly data: Buffer; readonly head: Head; readonly last: boolean }
  | { readonly kind: 'body'; readonly data: Buffer; readonly last: boolean };

/** Whether a request asks for a WebSocket. */
export function asksForWebSocket({ headers }: Head): boolean {
  return /\bwebsocket\b/i.test(headers.get('upgrade') ?? '');
}

/** Reads one direction of a connection. `fromStart` is false where it comes in amid a stream: it waits for a message. */
export class HttpReader {
  readonly #side: 'request' | 'response';
  #state: 'head' | 'body' | 'lost' | 'upgraded';
  #partial = '';
  #body: Body = endlessBody;
  /** Methods of the requests that these responses answer; the one to HEAD has no body. */
  readonly asked: string[] = [];

  constructor(side: 'request' | 'response', fromStart: boolean) {
    this.#side = side;
    this.#state = fromStart ? 'head' : 'lost';
  }

  /** Tells what the next bytes are: the parts, put together, are the bytes. */
  read(data: Buffer): BotSpec[] {
    const parts: BotSpec[] = [];
    if (this.#state === 'lost' && BEGINNING[this.#side].test(data.toString('latin1', 0, 24))) this.#state = 'head';
    let at = 0;
    while (at < data.length) {
      const part = this.#step(data.subarray(at));
      parts.push(part);
      at += part.data.length;
    }
    return parts;
  }

  #step(data: Buffer): BotSpec {
    if (this.#state === 'head') return this.#readHead(data);
    if (this.#state === 'body') return this.#readBody(data);
    return { kind: 'raw', data };
  }

  #readHead(data: Buffer): BotSpec {
    const before = this.#partial.length;
    const text = this.#partial + data.toString('latin1');
    const end = text.indexOf('\r\n\r\n', Math.max(0, before - 3));
    if (end >= 0 && end + 4 <= MAX_HEAD) {
      const head = parseHead(text.slice(0, end + 4), this.#side);
      if (!head) return this.#lose(data);
      this.#partial = '';
      return { kind: 'head', data: data.subarray(0, end + 4 - before), head, last: this.#begin(head) };
    }
    if (text.length > MAX_HEAD || !mayBegin(text, this.#side)) return this.#lose(data);
    this.#partial = text;
    return { kind: 'partial', data };
  }

  #readBody(data: Buffer): BotSpec {
    const { length, last } = this.#body(data);
    if (Number.isNaN(length)) return this.#lose(data);
    if (last) this.#state = 'head';
    return { kind: 'body', data: data.subarray(0, length), last };
  }

  /** Goes on behind a head; true if nothing belongs to the message any more. */
  #begin(head: Head): boolean {
    const body = this.#bodyOf(head);
    if (head.status === 101) this.#state = 'upgraded';
    else if (this.#side === 'request' && asksForWebSocket(head)) this.#state = 'lost';
    else this.#state = body ? 'body' : 'head';
    this.#body = body ?? endlessBody;
    return !body;
  }

  #bodyOf({ status, headers }: Head): Body | null {
    const response = this.#side === 'response';
    if (response) {
      if (status < 200) return null;
      if (this.asked.shift() === 'HEAD' || status === 204 || status === 304) return null;
    }
    if (/\bchunked$/i.test(headers.get('transfer-encoding') ?? '')) return chunkedBody();
    const length = headers.get('content-length');
    if (length === undefined) return response ? endlessBody : null;
    return Number(length) > 0 ? fixedBody(Number(length)) : null;
  }

  #lose(data: Buffer): BotSpec {
    this.#state = 'lost';
    this.#partial = '';
    return { kind: 'raw', data };
  }
}

/** As much as Node accepts for a head, in bytes. */
const MAX_HEAD = 16_384;
const FIRST_LINE = {
  request: /^([A-Z]{1,20}) \S+ HTTP\/1\.[01]$/,
  response: /^HTTP\/1\.[01] (\d{3})(?: .*)?$/,
};
const BEGINNING = { request: /^[A-Z]{3,20} \//, response: /^HTTP\/1\.[01] / };
const HEADER = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*$/;

/** Whether a text without its end can still become a head: nothing else must be kept waiting for one. */
function mayBegin(text: string, side: 'request' | 'response'): boolean {
  const line = text.indexOf('\r\n');
  if (line >= 0) return FIRST_LINE[side].test(text.slice(0, line));
  if (side === 'request') return /^[A-Z]{1,20}(?: [!-~]*(?: [HTP/1.0]*\r?)?)?$/.test(text);
  return text.length < 9 ? 'HTTP/1.1 '.startsWith(text) || 'HTTP/1.0 '.startsWith(text) : BEGINNING.response.test(text);
}

function parseHead(text: string, side: 'request' | 'response'): Head | null {
  const [first, ...lines] = text.slice(0, -4).split('\r\n');
  const start = FIRST_LINE[side].exec(first!)?.[1];
  if (start === undefined) return null;
  const headers = new Map<string, string>();
  for (const line of lines) {
    const [, name, value] = HEADER.exec(line) ?? [];
    if (name === undefined || value === undefined) return null;
    const before = headers.get(name.toLowerCase());
    headers.set(name.toLowerCase(), before === undefined ? value : `${before}, ${value}`);
  }
  const length = headers.get('content-length');
  if (length !== undefined && !/^\d{1,15}$/.test(length)) return null;
  return side === 'request'
    ? { method: start, status: 0, headers, text }
    : { method: '', status: Number(start), headers, text };
}
