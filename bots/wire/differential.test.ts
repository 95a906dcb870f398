/** The same bytes, cut at every place, to the wire and to Socket.IO's own parsers: both have to make the same of them. */

import { isUtf8 } from 'node:buffer';
import { isDeepStrictEqual } from 'node:util';
import { decodePacket } from 'engine.io-parser';
import fc from 'fast-check';
import { Decoder, Encoder, PacketType } from 'socket.io-parser';
import { expect, test } from 'vitest';
import { type ReceivedPacket, receivedPacket } from './packets/packet.ts';
import { PacketParser, PacketReader } from './packets/packet-parser.ts';
import { FrameReader } from './websocket/frame-reader.ts';
import { BINARY, TEXT } from './websocket/frame-writer.ts';

/** What was made of a stream of messages: packets in their order, until there was something that is none. */
type Outcome = readonly (ReceivedPacket | 'no packet')[];

interface Message {
  readonly isText: boolean;
  readonly bytes: Buffer;
}

const CASES = 100_000;
const SEED = 20_261_126;
const parser = new PacketParser();
/** One buffer for all that arrives, as in the process: what is kept of it has to be copied. */
const shared = Buffer.alloc(64 * 1024);

test('whatever the bytes, and wherever they are cut, the wire reads what socket.io-parser reads', {
  timeout: 60_000,
}, () => {
  let cases = 0;
  let packets = 0;
  const streams = fc.sample(
    fc.array(fc.tuple(messages(), fc.integer({ min: 1, max: 3 })), { minLength: 1, maxLength: 4 }),
    {
      seed: SEED,
      numRuns: 20_000,
    },
  );
  for (const stream of streams) {
    const all = stream.flatMap(([several]) => several);
    const wanted = referenceOf(all);
    const bytes = Buffer.concat(stream.flatMap(([several, parts]) => several.map((message) => framed(message, parts))));
    for (let at = 0; at <= bytes.length; at++) {
      const read = readByWire([bytes.subarray(0, at), bytes.subarray(at)]);
      if (!isDeepStrictEqual(read, wanted)) expect(read, `cut at ${at}: ${bytes.toString('latin1')}`).toEqual(wanted);
      packets += read.length;
      cases++;
    }
    const byteByByte = readByWire([...bytes].map((byte) => Buffer.of(byte)));
    if (!isDeepStrictEqual(byteByByte, wanted)) expect(byteByByte).toEqual(wanted);
    if (cases >= CASES) break;
  }
  expect(cases).toBeGreaterThanOrEqual(CASES);
  expect(packets).toBeGreaterThan(CASES);
});

/** The messages of one packet: well-formed ones as socket.io-parser writes them, and what was made of them by accident. */
function messages(): fc.Arbitrary<Message[]> {
  const value = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.string({ unit: 'grapheme' }),
    fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
  );
  const packet = fc.record({
    type: fc.constantFrom(PacketType.EVENT, PacketType.EVENT, PacketType.EVENT, PacketType.ACK, PacketType.CONNECT),
    nsp: fc.constantFrom('/', '/chat', '/ä,b'),
    id: fc.option(fc.nat(), { nil: undefined }),
    name: fc.constantFrom('message', 'x', 'connect', ''),
    args: fc.array(value, { maxLength: 3 }),
  });
  const whole = packet.map(({ type, nsp, id, name, args }) => {
    const data = type === PacketType.CONNECT ? { sid: name } : type === PacketType.ACK ? args : [name, ...args];
    const encoded = new Encoder().encode({ type, nsp, data, ...(id !== undefined && { id }) } as never);
    return encoded.map(messageOf);
  });
  const torn = fc.tuple(whole, fc.nat(), fc.nat(255)).map(([all, place, byte]) =>
    all.map(({ isText, bytes }, i) => {
      if (i > 0 || bytes.length === 0) return { isText, bytes };
      const changed = Buffer.from(bytes);
      changed[place % changed.length] = byte;
      return { isText, bytes: changed };
    }),
  );
  const any = fc
    .uint8Array({ maxLength: 12 })
    .map((bytes) => [{ isText: true, bytes: Buffer.from(['4', ...bytes].map((b) => Buffer.from(String(b))[0]!)) }]);
  return fc.oneof({ weight: 6, arbitrary: whole }, { weight: 2, arbitrary: torn }, { weight: 1, arbitrary: any });
}

function messageOf(encoded: string | Uint8Array): Message {
  const isText = typeof encoded === 'string';
  return { isText, bytes: isText ? Buffer.from(`4${encoded}`) : Buffer.from(encoded) };
}

/** A message in as many frames as wanted. */
function framed({ isText, bytes }: Message, parts: number): Buffer {
  const size = Math.ceil(bytes.length / parts);
  const frames = Array.from({ length: parts }, (_, i) => {
    const payload = bytes.subarray(i * size, i === parts - 1 ? undefined : (i + 1) * size);
    const opcode = i > 0 ? 0 : isText ? TEXT : BINARY;
    const first = (i === parts - 1 ? 0x80 : 0) | opcode;
    const length = payload.length < 126 ? [payload.length] : [126, payload.length >> 8, payload.length & 0xff];
    return Buffer.concat([Buffer.from([first, ...length]), payload]);
  });
  return Buffer.concat(frames);
}

function readByWire(chunks: readonly Buffer[]): Outcome {
  const frames = new FrameReader();
  const reader = new PacketReader(parser);
  const read: (ReceivedPacket | 'no packet')[] = [];
  const sink = {
    frame(opcode: number, bytes: Buffer, from: number, to: number) {
      // Other packets of Engine.IO are no messages.
      if (opcode === TEXT && bytes[from] !== 0x34) throw new Error('no message');
      const packet =
        opcode === TEXT
          ? ((reader.isIdle ? parser.known(bytes, from + 1, to) : undefined) ?? reader.readText(bytes, from + 1, to))
          : reader.readBytes(Buffer.from(bytes.subarray(from, to)));
      if (packet) read.push(packet);
    },
  };
  try {
    for (const chunk of chunks) {
      shared.fill(0xff, 0, Math.max(chunk.length, 64));
      chunk.copy(shared);
      frames.read(shared, 0, chunk.length, sink);
    }
  } catch {
    read.push('no packet');
  }
  return read;
}

function referenceOf(all: readonly Message[]): Outcome {
  const decoder = new Decoder();
  const read: (ReceivedPacket | 'no packet')[] = [];
  decoder.on('decoded', (packet) => read.push(receivedPacket(packet)));
  try {
    for (const { isText, bytes } of all) {
      if (!isText) decoder.add(Buffer.from(bytes));
      else {
        if (!isUtf8(bytes)) throw new Error('no text');
        const { type, data } = decodePacket(bytes.toString(), 'nodebuffer');
        if (type !== 'message') throw new Error('no message');
        decoder.add(data ?? '');
      }
    }
  } catch {
    read.push('no packet');
  }
  return read;
}
