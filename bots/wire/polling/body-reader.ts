import { HttpError } from '../links/http-head.ts';

/** Longer bodies are refused. */
const LONGEST_BODY = 100 * 1024 * 1024;
const LONGEST_LINE = 16 * 1024;
const CR = 0x0d;
const LF = 0x0a;

/** Reads the body of an HTTP/1.1 answer: of a length that is told, in chunks, or until the connection ends. */
export class BodyReader {
  /** Where the body is once it is whole: where it arrived if it came in one piece. */
  bytes: Buffer = Buffer.alloc(0);
  from = 0;
  to = 0;
  readonly endsWithLink: boolean;
  /** Undefined where it is not told. */
  readonly #length: number | undefined;
  readonly #isChunked: boolean;
  readonly #parts: Buffer[] = [];
  #partsLength = 0;
  /** What comes next of a body in chunks: the line with a chunk's size, its data, or a line of the trailer. */
  #next: 'size' | 'data' | 'dataEnd' | 'trailer' = 'size';
  #line = '';
  #left = 0;

  /** Throws an HttpError. */
  constructor(status: number, headers: ReadonlyMap<string, string>) {
    this.#isChunked = /\bchunked\b/i.test(headers.get('transfer-encoding') ?? '');
    const isEmpty = status === 204 || status === 304;
    const told = isEmpty ? '0' : headers.get('content-length');
    if (told !== undefined && !/^\d+$/.test(told)) throw new HttpError('Parse Error: Invalid Content-Length');
    this.#length = told === undefined || this.#isChunked ? undefined : Number(told);
    if ((this.#length ?? 0) > LONGEST_BODY) throw new HttpError('The answer is too long.');
    this.endsWithLink = this.#length === undefined && !this.#isChunked;
  }

  /** Reads what arrived; whether the body is whole. Throws an HttpError. */
  read(bytes: Buffer, from: number, to: number): boolean {
    if (this.#isChunked) return this.#readChunks(bytes, from, to);
    if (this.#length !== undefined && this.#partsLength === 0 && to - from >= this.#length) {
      this.bytes = bytes;
      this.from = from;
      this.to = from + this.#length;
      return true;
    }
    const missing = (this.#length ?? LONGEST_BODY + 1) - this.#partsLength;
    this.#keep(bytes, from, Math.min(to, from + missing));
    return this.#partsLength === this.#length && this.finish();
  }

  /** Puts the pieces together; true. */
  finish(): true {
    this.bytes = Buffer.concat(this.#parts);
    this.from = 0;
    this.to = this.bytes.length;
    return true;
  }

  #readChunks(bytes: Buffer, from: number, to: number): boolean {
    let at = from;
    while (at < to) {
      if (this.#next === 'data') {
        const end = Math.min(to, at + this.#left);
        this.#keep(bytes, at, end);
        this.#left -= end - at;
        at = end;
        if (this.#left === 0) this.#next = 'dataEnd';
        continue;
      }
      const byte = bytes[at++]!;
      if (byte !== LF) {
        if (byte !== CR) this.#line += String.fromCharCode(byte);
        if (this.#line.length > LONGEST_LINE) throw new HttpError('Parse Error: Invalid chunk');
        continue;
      }
      const line = this.#line;
      this.#line = '';
      if (this.#endLine(line)) return this.finish();
    }
    return false;
  }

  /** A line is over; whether it was the body's last. */
  #endLine(line: string): boolean {
    if (this.#next === 'trailer') return line === '';
    if (this.#next === 'dataEnd') {
      if (line !== '') throw new HttpError('Parse Error: Expected LF after chunk data');
      this.#next = 'size';
      return false;
    }
    const size = /^([0-9a-f]{1,8})[ \t]*(?:;|$)/i.exec(line)?.[1];
    if (size === undefined) throw new HttpError('Parse Error: Invalid character in chunk size');
    this.#left = Number.parseInt(size, 16);
    this.#next = this.#left === 0 ? 'trailer' : 'data';
    return false;
  }

  #keep(bytes: Buffer, from: number, to: number): void {
    this.#parts.push(Buffer.from(bytes.subarray(from, to)));
    this.#partsLength += to - from;
    if (this.#partsLength > LONGEST_BODY) throw new HttpError('The answer is too long.');
  }
}
