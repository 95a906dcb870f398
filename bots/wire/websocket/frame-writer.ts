/** WebSocket frames of a client (RFC 6455, 5): built, masked and sent in one buffer, without a copy. */

import { randomFillSync } from 'node:crypto';
import type { ByteLink } from '../links/byte-link.ts';

export const TEXT = 1;
export const BINARY = 2;
export const CLOSE = 8;
export const PING = 9;
export const PONG = 10;

/** The longest header: two bytes, eight for the length, and four for the mask, which ends it. The payload is built behind it. */
const HEADER = 14;
const MASK = HEADER - 4;
/** What does not fit into it gets a buffer of its own. */
const LARGEST_KEPT = 64 * 1024;

let kept = Buffer.allocUnsafeSlow(4096);

/** Sends a text, with the character of its Engine.IO packet type before it. */
export function writeText(link: ByteLink, type: string, text: string): void {
  const buffer = bufferFor(1 + 3 * text.length);
  buffer[HEADER] = type.charCodeAt(0);
  send(link, TEXT, buffer, 1 + buffer.write(text, HEADER + 1));
}

/** Sends bytes, in a frame of this kind. */
export function writeBytes(link: ByteLink, opcode: number, bytes: Uint8Array): void {
  const buffer = bufferFor(bytes.length);
  buffer.set(bytes, HEADER);
  send(link, opcode, buffer, bytes.length);
}

function bufferFor(payload: number): Buffer {
  // Masking goes by four bytes.
  const size = HEADER + payload + 3;
  if (size <= kept.length) return kept;
  if (size > LARGEST_KEPT) return Buffer.allocUnsafe(size);
  kept = Buffer.allocUnsafeSlow(LARGEST_KEPT);
  return kept;
}

function send(link: ByteLink, opcode: number, buffer: Buffer, length: number): void {
  mask(buffer, length);
  let start = MASK - 2;
  if (length < 126) {
    buffer[start + 1] = 0x80 | length;
  } else if (length < 65_536) {
    start = MASK - 4;
    buffer[start + 1] = 0x80 | 126;
    buffer.writeUInt16BE(length, start + 2);
  } else {
    start = MASK - 10;
    buffer[start + 1] = 0x80 | 127;
    buffer.writeBigUInt64BE(BigInt(length), start + 2);
  }
  buffer[start] = 0x80 | opcode;
  link.write(buffer.subarray(start, HEADER + length));
  // What could not be sent at once stays in this buffer until it can.
  if (buffer === kept && !link.isFlushed) kept = Buffer.allocUnsafeSlow(kept.length);
}

const masks = Buffer.allocUnsafeSlow(8192);
let nextMask = masks.length;

/** Masks the payload where it stands, by four random bytes that it writes before it. */
function mask(buffer: Buffer, length: number): void {
  if (nextMask === masks.length) {
    randomFillSync(masks);
    nextMask = 0;
  }
  const a = masks[nextMask++]!;
  const b = masks[nextMask++]!;
  const c = masks[nextMask++]!;
  const d = masks[nextMask++]!;
  buffer[MASK] = a;
  buffer[MASK + 1] = b;
  buffer[MASK + 2] = c;
  buffer[MASK + 3] = d;
  const end = HEADER + length;
  for (let i = HEADER; i < end; i += 4) {
    // Behind the payload, nothing is sent: a few bytes more change nothing.
    buffer[i]! ^= a;
    buffer[i + 1]! ^= b;
    buffer[i + 2]! ^= c;
    buffer[i + 3]! ^= d;
  }
}
