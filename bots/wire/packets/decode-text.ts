import { isUtf8 } from 'node:buffer';
import { FrameError, INVALID_DATA } from '../websocket/frame-reader.ts';

/** The text that bytes are. Throws a FrameError where they are no UTF-8. */
export function decodeText(bytes: Buffer, from: number, to: number): string {
  if (!isUtf8(bytes.subarray(from, to))) throw new FrameError('Invalid UTF-8 sequence', INVALID_DATA);
  return bytes.toString('utf8', from, to);
}
