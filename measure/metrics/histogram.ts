import { inflateSync } from 'node:zlib';
import hdr, { type JsHistogram } from 'hdr-histogram-js';
import { buckets, deflatedIn, readCounts } from './hdr-encoding.ts';

/** More than all counts of a histogram take: what inflates to more is none. */
/** A second's histogram has some hundreds of bytes: zlib's own chunks of 16 kB would be what is collected most. */
const CHUNK_BYTES = 1024;
const MOST_BYTES = 1 << 20;

/**
 * A histogram of milliseconds, kept in microseconds to three significant digits (HdrHistogram). Values below zero count
 * as zero, values over an hour as an hour. Recording allocates nothing; merging adds counts and is lossless.
 */
export class Histogram {
  readonly #counts;

  /** With two digits it takes 13 kB instead of 90, and has no encoding that others read. */
  constructor(digits: 2 | 3 = buckets.digits) {
    this.#counts = hdr.build({
      bitBucketSize: 32,
      autoResize: false,
      lowestDiscernibleValue: buckets.lowest,
      highestTrackableValue: buckets.highest,
      numberOfSignificantValueDigits: digits,
      useWebAssembly: false,
    });
  }

  get count(): number {
    return this.#counts.totalCount;
  }

  record(ms: number): void {
    this.recordUs(Math.round(ms * 1000));
  }

  /** Records whole microseconds: as an integer, the value crosses calls without being put on the heap. */
  recordUs(us: number): void {
    this.#counts.recordValue(Math.min(Math.max(us, 0), buckets.highest));
  }

  add(other: Histogram): void {
    this.#counts.add(other.#counts);
  }

  reset(): void {
    this.#counts.reset();
  }

  /** The value in ms that `percent` of the samples do not exceed; 0 when empty. */
  percentile(percent: number): number {
    return this.count === 0 ? 0 : Math.min(this.#counts.getValueAtPercentile(percent), this.#counts.maxValue) / 1000;
  }

  get min(): number {
    return this.percentile(0);
  }

  get mean(): number {
    // The library's own mean gives the same, six times slower: it makes an object for each bucket.
    let sum = 0;
    this.forEachValue((us, count) => {
      sum += us * count;
    });
    return this.count === 0 ? 0 : sum / this.count / 1000;
  }

  get max(): number {
    return this.#counts.maxValue / 1000;
  }

  /** Calls `each` with every bucket that holds samples, from the lowest: HdrHistogram's number of it, and its count. */
  forEachBucket(each: (bucket: number, count: number) => void): void {
    const counts = this.#counts as JsHistogram;
    for (let bucket = 0, seen = 0; seen < this.count; bucket++) {
      const count = counts.getCountAtIndex(bucket);
      if (count === 0) continue;
      each(bucket, count);
      seen += count;
    }
  }

  /** The same with the middle of the bucket, µs, in place of its number. */
  forEachValue(each: (us: number, count: number) => void): void {
    const counts = this.#counts as JsHistogram;
    this.forEachBucket((bucket, count) => each(counts.medianEquivalentValue(counts.valueFromIndex(bucket)), count));
  }

  /** HdrHistogram's compressed V2 encoding in base 64, readable by every HdrHistogram library. */
  encode(): string {
    return hdr.encodeIntoCompressedBase64(this.#counts);
  }

  /** Adds what {@link encode} wrote. Throws where `text` is not such an encoding. */
  addEncoded(text: string): void {
    const counts = this.#counts as JsHistogram;
    let last = 0;
    readCounts(
      inflateSync(deflatedIn(Buffer.from(text, 'base64')), { maxOutputLength: MOST_BYTES, chunkSize: CHUNK_BYTES }),
      (bucket, count) => {
        counts.addToCountAtIndex(bucket, count);
        counts.addToTotalCount(count);
        last = bucket;
      },
    );
    // As the library has it: the highest sample may be anywhere in its bucket.
    counts.recordValueWithCount(counts.highestEquivalentValue(counts.valueFromIndex(last)), 0);
  }
}
