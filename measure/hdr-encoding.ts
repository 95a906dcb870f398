import { inflateSync } from 'node:zlib';

/** What a histogram's encoding says of its buckets. */
export interface Buckets {
  readonly digits: number;
  readonly lowest: number;
  readonly highest: number;
}

/**
 * Reads HdrHistogram's compressed V2 encoding in base 64: calls `each` with the number and the count of every bucket that
 * holds samples, from the lowest. The library's own decoder makes a histogram of 90 kB of each; a run of an hour has tens
 * of thousands. Format: https://github.com/HdrHistogram/HdrHistogram, `encodeIntoCompressedByteBuffer`. Throws a
 * RangeError where `text` is none, or of other buckets than `expected`.
 */
export function readEncoded(text: string, expected: Buckets, each: (bucket: number, count: number) => void): void {
  const compressed = Buffer.from(text, 'base64');
  if (compressed.length < 8 || cookieOf(compressed) !== COMPRESSED_V2) throw new RangeError(NO_ENCODING);
  const data = inflateSync(compressed.subarray(8, 8 + compressed.readInt32BE(4)));
  if (data.length < HEADER_BYTES || cookieOf(data) !== V2) throw new RangeError(NO_ENCODING);
  const [digits, lowest, highest] = [data.readInt32BE(12), data.readBigInt64BE(16), data.readBigInt64BE(24)];
  if (digits !== expected.digits || Number(lowest) !== expected.lowest || Number(highest) !== expected.highest)
    throw new RangeError('Expected a histogram with the buckets of the others');
  readCounts(data.subarray(HEADER_BYTES, HEADER_BYTES + data.readInt32BE(4)), each);
}

const NO_ENCODING = "Expected HdrHistogram's compressed V2 encoding";
const COMPRESSED_V2 = 0x1c849304;
const V2 = 0x1c849303;
const HEADER_BYTES = 40;

/** The cookie without the nibble for the size of words: there is but one. */
function cookieOf(data: Buffer): number {
  return data.readInt32BE(0) & ~0xf0;
}

/** Counts are ZigZag LEB128 numbers; a negative one stands for so many empty buckets. */
function readCounts(data: Buffer, each: (bucket: number, count: number) => void): void {
  let bucket = 0;
  for (let at = 0; at < data.length; ) {
    let [value, scale] = [0, 1];
    for (;;) {
      const byte = data[at++];
      if (byte === undefined) throw new RangeError(NO_ENCODING);
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) break;
      scale *= 0x80;
    }
    if (value % 2 === 1) bucket += (value + 1) / 2;
    else {
      if (value > 0) each(bucket, value / 2);
      bucket++;
    }
  }
}
