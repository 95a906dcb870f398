import { deflateSync, inflateSync } from 'node:zlib';
import { array, assert, constantFrom, integer, oneof, property, tuple } from 'fast-check';
import hdr from 'hdr-histogram-js';
import { describe, expect, test } from 'vitest';
import { buckets, deflatedIn, percentilesIn, readCounts } from './hdr-encoding.ts';
import { Histogram } from './histogram.ts';

const sample = tuple(integer({ min: 0, max: buckets.highest }), integer({ min: 1, max: 1e9 }));

test('reads what the library writes', () => {
  assert(
    property(array(sample, { maxLength: 50 }), (samples) => {
      const written = histogram();
      for (const [value, count] of samples) written.recordValueWithCount(value, count);
      const read = histogram();
      const order: number[] = [];
      readCounts(inflated(hdr.encodeIntoCompressedBase64(written)), (bucket, count) => {
        order.push(bucket);
        read.addToCountAtIndex(bucket, count);
      });
      expect(countsOf(read)).toEqual(countsOf(written));
      expect(order).toEqual(order.toSorted((a, b) => a - b));
    }),
  );
});

test('tells the percentiles that the histogram tells', () => {
  const ms = integer({ min: 0, max: 4_000_000_000 }).map((us) => us / 1000);
  const percent = oneof(integer({ min: 0, max: 100 }), constantFrom(99.9, 99.99, 33.3, 0.001));
  assert(
    property(array(ms, { minLength: 1, maxLength: 50 }), percent, (samples, percent) => {
      const histogram = new Histogram();
      for (const sample of samples) histogram.record(sample);
      const read = new Histogram();
      read.addEncoded(histogram.encode());
      expect(percentilesIn(inflated(histogram.encode()))(percent)).toBe(read.percentile(percent));
    }),
  );
});

describe('throws at', () => {
  const cookie = (base: number) => {
    const bytes = Buffer.alloc(8);
    bytes.writeInt32BE(base | 0x10);
    return bytes;
  };
  const packed = (inner: Buffer) => {
    const data = deflateSync(inner);
    const head = cookie(0x1c849304);
    head.writeInt32BE(data.length, 4);
    return Buffer.concat([head, data]).toString('base64');
  };
  const inner = (digits: number, counts: readonly number[]) => {
    const header = Buffer.concat([cookie(0x1c849303), Buffer.alloc(32)]);
    header.writeInt32BE(counts.length, 4);
    header.writeInt32BE(digits, 12);
    header.writeBigInt64BE(1n, 16);
    header.writeBigInt64BE(BigInt(buckets.highest), 24);
    return Buffer.concat([header, Buffer.from(counts)]);
  };
  const read = (text: string) => {
    const found: [number, number][] = [];
    readCounts(inflated(text), (bucket, count) => found.push([bucket, count]));
    return found;
  };

  test('nothing where it is whole', () => {
    // A bucket of 2, three empty ones, another of 64 in two bytes.
    expect(read(packed(inner(3, [4, 5, 0x80, 1])))).toEqual([
      [0, 2],
      [4, 64],
    ]);
  });

  test.each([
    ['nothing', ''],
    ['a word', 'hello'],
    ['another cookie', cookie(0x1c849303).toString('base64')],
    ['what is not compressed', Buffer.concat([cookie(0x1c849304), Buffer.from('hello')]).toString('base64')],
    ['another cookie inside', packed(cookie(0x1c849304))],
    ['a header cut short', packed(inner(3, []).subarray(0, 39))],
    ['other buckets', packed(inner(2, [4]))],
    ['a number cut short', packed(inner(3, [4, 0x80]))],
  ])('%s', (_, text) => {
    expect(() => read(text)).toThrow();
  });
});

function inflated(text: string): Buffer {
  return inflateSync(deflatedIn(Buffer.from(text, 'base64')));
}

function histogram() {
  return hdr.build({
    lowestDiscernibleValue: buckets.lowest,
    highestTrackableValue: buckets.highest,
    numberOfSignificantValueDigits: 3,
    useWebAssembly: false,
  }) as hdr.JsHistogram;
}

function countsOf(of: hdr.JsHistogram): [number, number][] {
  return Array.from({ length: of.countsArrayLength }, (_, bucket): [number, number] => [
    bucket,
    of.getCountAtIndex(bucket),
  ]).filter(([, count]) => count > 0);
}
