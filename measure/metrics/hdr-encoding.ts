/**
 * HdrHistogram's compressed V2 encoding, read without making a histogram of 90 kB of each: a run of an hour has tens of
 * thousands of them. It reads in a browser as well, so inflating (zlib's deflate) is the caller's. Format:
 * https://github.com/HdrHistogram/HdrHistogram, `encodeIntoCompressedByteBuffer`.
 */

/** What is the same in all of our histograms: µs, to three significant digits. */
export const buckets = { digits: 3, lowest: 1, highest: 3_600_000_000 } as const;

/** Of an encoding, out of its base 64, the part that is deflated. Throws a RangeError where it is none. */
export function deflatedIn<T extends ArrayBufferLike>(encoding: Uint8Array<T>): Uint8Array<T> {
  const view = viewOf(encoding);
  if (encoding.length < 8 || cookieOf(view) !== COMPRESSED_V2) throw new RangeError(NO_ENCODING);
  return encoding.subarray(8, 8 + view.getInt32(4));
}

/**
 * Reads that part, inflated: calls `each` with the number and the count of every bucket that holds samples, from the
 * lowest. Throws a RangeError where it is none, or of other buckets than ours.
 */
export function readCounts(inflated: Uint8Array, each: (bucket: number, count: number) => void): void {
  const view = viewOf(inflated);
  if (inflated.length < HEADER_BYTES || cookieOf(view) !== V2) throw new RangeError(NO_ENCODING);
  const [digits, lowest, highest] = [view.getInt32(12), Number(view.getBigInt64(16)), Number(view.getBigInt64(24))];
  if (digits !== buckets.digits || lowest !== buckets.lowest || highest !== buckets.highest)
    throw new RangeError('Expected a histogram with the buckets of the others');
  readNumbers(inflated.subarray(HEADER_BYTES, HEADER_BYTES + view.getInt32(4)), each);
}

/** The percentiles in that part, inflated: from percent to ms, as the histogram itself would tell them. */
export function percentilesIn(inflated: Uint8Array): (percent: number) => number {
  const found: { readonly bucket: number; readonly upTo: number }[] = [];
  let total = 0;
  readCounts(inflated, (bucket, count) => {
    total += count;
    found.push({ bucket, upTo: total });
  });
  return (percent) => {
    // Not one more than wanted where the product comes out a trifle above a whole number.
    const wanted = Math.max(1, Math.ceil((percent / 100) * total * (1 - Number.EPSILON)));
    const at = found.find(({ upTo }) => upTo >= wanted)?.bucket ?? 0;
    const { lowest, width } = rangeOf(at);
    return (percent === 0 ? lowest : lowest + width - 1) / 1000;
  };
}

const NO_ENCODING = "Expected HdrHistogram's compressed V2 encoding";
const COMPRESSED_V2 = 0x1c849304;
const V2 = 0x1c849303;
const HEADER_BYTES = 40;

/** The first 2048 buckets are a unit wide; then, every 1024 are twice as wide as those before: three digits. */
const HALF = 1024;

/** The highest value that belongs to a bucket, µs. */
export function highestIn(bucket: number): number {
  const { lowest, width } = rangeOf(bucket);
  return lowest + width - 1;
}

function rangeOf(bucket: number): { readonly lowest: number; readonly width: number } {
  const doublings = Math.max(0, Math.floor(bucket / HALF) - 1);
  const width = 2 ** doublings;
  return { lowest: (bucket - doublings * HALF) * width, width };
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

/** The cookie without the nibble for the size of words: there is but one. */
function cookieOf(view: DataView): number {
  return view.getInt32(0) & ~0xf0;
}

/** Counts are ZigZag LEB128 numbers; a negative one stands for so many empty buckets. */
function readNumbers(data: Uint8Array, each: (bucket: number, count: number) => void): void {
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
