/** How much of the bytes at hand belongs to a body, and whether it ends there. NaN: not understood. */
export interface Taken {
  readonly length: number;
  readonly last: boolean;
}

/** Where a body ends, fed in order. */
export type Body = (data: Buffer) => Taken;

/** A body of a known length, in bytes. */
export function fixedBody(length: number): Body {
  let left = length;
  return (data) => {
    const taken = Math.min(left, data.length);
    left -= taken;
    return { length: taken, last: left === 0 };
  };
}

/** A body that ends with its connection. */
export const endlessBody: Body = (data) => ({ length: data.length, last: false });

/** A body in chunks (RFC 9112, 7.1): sizes in hexadecimal, a line each; a chunk of 0; trailers; an empty line. */
export function chunkedBody(): Body {
  let state: 'size' | 'data' | 'trailer' = 'size';
  let left = 0;
  let line = '';
  return (data) => {
    let at = 0;
    while (at < data.length) {
      if (state === 'data') {
        const taken = Math.min(left, data.length - at);
        at += taken;
        left -= taken;
        if (left === 0) state = 'size';
        continue;
      }
      const feed = data.indexOf(10, at);
      const until = feed < 0 ? data.length : feed + 1;
      line += data.toString('latin1', at, until);
      at = until;
      if (line.length > MAX_LINE) return notUnderstood;
      if (feed < 0) continue;
      const text = line.trimEnd();
      line = '';
      if (state === 'trailer') {
        if (text === '') return { length: at, last: true };
        continue;
      }
      if (!CHUNK_SIZE.test(text)) return notUnderstood;
      const size = Number.parseInt(text, 16);
      left = size + 2; // the line's end after the data
      state = size === 0 ? 'trailer' : 'data';
    }
    return { length: at, last: false };
  };
}

const MAX_LINE = 4096;
const CHUNK_SIZE = /^[0-9a-f]{1,8}\s*(?:;.*)?$/i;
const notUnderstood: Taken = { length: Number.NaN, last: false };
