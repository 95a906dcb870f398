import { expect, test } from 'vitest';
import { PacketCache } from './packet-cache.ts';
import { PacketParser, PacketReader } from './packet-parser.ts';

const message = (text: string) => Buffer.from(`2["message",{"text":"${text}"}]`);

function read(parser: PacketParser, bytes: Buffer) {
  return parser.known(bytes, 0, bytes.length) ?? new PacketReader(parser).readText(bytes, 0, bytes.length);
}

test('messages that differ in any one byte are told apart', () => {
  const parser = new PacketParser();
  const text = 'x'.repeat(200);
  for (let at = 0; at < text.length; at++) {
    const changed = `${text.slice(0, at)}y${text.slice(at + 1)}`;
    for (const one of [text, changed, text]) {
      const [first, second] = [read(parser, message(one)), read(parser, message(one))];
      expect(first?.args).toEqual([{ text: one }]);
      // The second socket is given what the first one has read.
      expect(second).toBe(first);
    }
  }
});

test('a message is found wherever it stands, and only as a whole', () => {
  const cache = new PacketCache();
  const [bytes, around] = [message('hello'), Buffer.concat([Buffer.alloc(7), message('hello'), Buffer.alloc(9)])];
  const packet = new PacketReader(new PacketParser()).readText(bytes, 0, bytes.length)!;
  cache.add(bytes, 0, bytes.length, packet);
  expect(cache.find(around, 7, 7 + bytes.length)).toBe(packet);
  expect(cache.find(around, 7, 8 + bytes.length)).toBeUndefined();
  expect(cache.find(around, 7, 6 + bytes.length)).toBeUndefined();
});

test('an event that wants to be acknowledged is given to one socket only', () => {
  const parser = new PacketParser();
  const bytes = Buffer.from('27["question"]');
  expect(read(parser, bytes)).not.toBe(read(parser, bytes));
});
