/** WebSocket frames of a server (RFC 6455, 5), read where they arrived; only what is not whole yet is copied. */

import { isUtf8 } from 'node:buffer';
import { CLOSE } from './frame-writer.ts';

/** A frame that breaks the protocol; `code` is what the connection is to be closed with. */
export class FrameError extends Error {
  readonly code: number;

  constructor(problem: string, code: number) {
    super(`Invalid WebSocket frame: ${problem}`);
    this.code = code;
  }
}

/** Takes whole messages and control frames: their bytes, from `from` to `to`, are overwritten once this returns. */
export interface FrameSink {
  frame(opcode: number, bytes: Buffer, from: number, to: number): void;
}

export const PROTOCOL_ERROR = 1002;
export const INVALID_DATA = 1007;
export const TOO_LONG = 1009;
/** As the real client's. */
const LONGEST_MESSAGE = 100 * 1024 * 1024;
const LONGEST_CONTROL = 125;
const CONTINUATION = 0;
/** The first byte of a text in one frame. */
const FINAL_TEXT = 0x81;

/**
 * Where the text begins if what arrived is a single whole frame with a text of less than 64 kB, as nearly all that arrives is;
 * 0 if it is anything else.
 */
export function startOfOnlyText(bytes: Buffer, length: number): number {
  if (bytes[0] !== FINAL_TEXT) return 0;
  const short = bytes[1]!;
  if (short < 126) return length === 2 + short ? 2 : 0;
  return short === 126 && length === 4 + bytes[2]! * 256 + bytes[3]! ? 4 : 0;
}

export class FrameReader {
  /** The bytes of a frame that is not whole, from 0 to `#heldLength`. */
  #held: Buffer | undefined;
  #heldLength = 0;
  /** How many bytes there must be before reading on makes sense. */
  #needed = 0;
  /** The parts of a message that came so far, and what it is. */
  #parts: Buffer[] | undefined;
  #partsLength = 0;
  #partsOpcode = 0;
  #isOver = false;

  /** Reads what arrived. Throws a FrameError. */
  read(bytes: Buffer, from: number, to: number, sink: FrameSink): void {
    if (this.#isOver) return;
    if (this.#held === undefined) {
      const at = this.#frames(bytes, from, to, sink);
      if (at < to && !this.#isOver) this.#hold(bytes, at, to);
      return;
    }
    this.#hold(bytes, from, to);
    if (this.#heldLength < this.#needed) return;
    const [held, length] = [this.#held, this.#heldLength];
    this.#held = undefined;
    this.#heldLength = 0;
    const at = this.#frames(held, 0, length, sink);
    if (at < length && !this.#isOver) this.#hold(held, at, length);
  }

  /** Whether nothing is kept of what arrived. */
  get isIdle(): boolean {
    return this.#held === undefined && this.#parts === undefined && !this.#isOver;
  }

  /** Nothing is read any more. */
  stop(): void {
    this.#isOver = true;
    this.#held = undefined;
    this.#parts = undefined;
  }

  /** Reads whole frames; returns where the first one begins that is not whole. */
  #frames(bytes: Buffer, from: number, to: number, sink: FrameSink): number {
    let at = from;
    while (to - at >= 2) {
      const first = bytes[at]!;
      const second = bytes[at + 1]!;
      let length = second & 0x7f;
      // What nearly all are: a whole text of less than 126 bytes.
      if (first !== FINAL_TEXT || second > LONGEST_CONTROL || this.#parts !== undefined) this.#check(first, second);
      let start = at + 2;
      if (length === 126) {
        start = at + 4;
        if (to < start) return this.#wait(start - at, at);
        length = bytes.readUInt16BE(at + 2);
      } else if (length === 127) {
        start = at + 10;
        if (to < start) return this.#wait(start - at, at);
        length = bytes.readUInt32BE(at + 2) * 2 ** 32 + bytes.readUInt32BE(at + 6);
      }
      if (length + this.#partsLength > LONGEST_MESSAGE) throw new FrameError('Max payload size exceeded', TOO_LONG);
      const end = start + length;
      if (end > to) return this.#wait(end - at, at);
      at = end;
      this.#frame(first, bytes, start, end, sink);
      if (this.#isOver) return to;
    }
    return this.#wait(2, at);
  }

  #wait(needed: number, at: number): number {
    this.#needed = needed;
    return at;
  }

  #frame(first: number, bytes: Buffer, from: number, to: number, sink: FrameSink): void {
    const opcode = first & 0x0f;
    const isLast = first >= 0x80;
    if (opcode === CLOSE) {
      if (to > from) checkClose(bytes.readUInt16BE(from), bytes.subarray(from + 2, to));
      sink.frame(opcode, bytes, from, to);
      return this.stop();
    }
    if (opcode > CLOSE || (isLast && opcode !== CONTINUATION)) return sink.frame(opcode, bytes, from, to);
    if (opcode !== CONTINUATION) this.#partsOpcode = opcode;
    this.#parts ??= [];
    this.#parts.push(Buffer.from(bytes.subarray(from, to)));
    this.#partsLength += to - from;
    if (!isLast) return;
    const whole = Buffer.concat(this.#parts);
    this.#parts = undefined;
    this.#partsLength = 0;
    sink.frame(this.#partsOpcode, whole, 0, whole.length);
  }

  #check(first: number, second: number): void {
    const opcode = first & 0x0f;
    const isControl = opcode >= CLOSE;
    const length = second & 0x7f;
    const isFragmented = this.#parts !== undefined;
    if (first & 0x30) throw new FrameError('RSV2 and RSV3 must be clear', PROTOCOL_ERROR);
    if (first & 0x40) throw new FrameError('RSV1 must be clear', PROTOCOL_ERROR);
    if (opcode > 10 || (opcode > 2 && opcode < CLOSE) || (!isControl && isFragmented !== (opcode === CONTINUATION)))
      throw new FrameError(`invalid opcode ${opcode}`, PROTOCOL_ERROR);
    if (isControl && first < 0x80) throw new FrameError('FIN must be set', PROTOCOL_ERROR);
    if (isControl && (length > LONGEST_CONTROL || (opcode === CLOSE && length === 1)))
      throw new FrameError(`invalid payload length ${length}`, PROTOCOL_ERROR);
    if (second >= 0x80) throw new FrameError('MASK must be clear', PROTOCOL_ERROR);
  }

  /** Keeps bytes behind those that are kept already; the buffer grows by doubling, up to what the frame needs. */
  #hold(bytes: Buffer, from: number, to: number): void {
    const length = this.#heldLength + (to - from);
    if (this.#held === undefined || this.#held.length < length) {
      const size = Math.max(length, Math.min(2 * length, this.#needed));
      const grown = Buffer.allocUnsafe(size);
      this.#held?.copy(grown, 0, 0, this.#heldLength);
      this.#held = grown;
    }
    bytes.copy(this.#held, this.#heldLength, from, to);
    this.#heldLength = length;
  }
}

/** Of the codes below 3000, few may be sent (RFC 6455, 7.4). */
function checkClose(code: number, reason: Buffer): void {
  const isKnown = code >= 1000 && code <= 1014 && (code < 1004 || code > 1006);
  if (!isKnown && (code < 3000 || code > 4999)) throw new FrameError(`invalid status code ${code}`, PROTOCOL_ERROR);
  if (!isUtf8(reason)) throw new FrameError('Invalid UTF-8 sequence', INVALID_DATA);
}
