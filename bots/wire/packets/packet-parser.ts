import * as standard from 'socket.io-parser';
import type { OutgoingMessage } from '../session/engine-packets.ts';
import { decodeText } from './decode-text.ts';
import { type ReceivedPacket, receivedPacket } from './packet.ts';
import { PacketCache } from './packet-cache.ts';

/** A packet that is to be sent, in the words of socket.io-parser. */
export interface OutgoingSocketPacket {
  readonly type: standard.PacketType;
  readonly nsp: string;
  readonly id?: number;
  readonly data?: unknown;
}

/** A parser of Socket.IO packets: socket.io-parser, or what a dialect names instead. */
export interface ParserModule {
  readonly Encoder: new () => { encode(packet: OutgoingSocketPacket): readonly OutgoingMessage[] };
  readonly Decoder: new () => {
    add(data: string | Uint8Array): void;
    on(event: 'decoded', decoded: (packet: Parameters<typeof receivedPacket>[0]) => void): unknown;
  };
}

/** In the standard encoding, events begin with this; binary ones do not. */
const EVENT = 0x32;
/** Packets with bytes behind them: the character of their type. */
const ANNOUNCES_BYTES = /^[56]/;

/** What all sockets of a parser share: how packets are written and read, and what was read lately. */
export class PacketParser {
  readonly #module: ParserModule;
  readonly #isStandard: boolean;
  readonly #encoder;
  readonly #cache = new PacketCache();
  readonly #shared: PacketDecoder;

  /** `module` where it is not socket.io-parser. */
  constructor(module?: unknown) {
    this.#isStandard = module === undefined;
    this.#module = (module ?? standard) as ParserModule;
    this.#encoder = new this.#module.Encoder();
    this.#shared = this.decoder();
  }

  /** Texts and bytes, one message each. */
  encode(packet: OutgoingSocketPacket): readonly OutgoingMessage[] {
    return this.#encoder.encode(packet);
  }

  /** A decoder for one socket: bytes may be announced by one message and come with the next. */
  decoder(): PacketDecoder {
    return new PacketDecoder(new this.#module.Decoder());
  }

  /** Whether a decoder is done with once a packet is whole; of others nothing is known. */
  get forgets(): boolean {
    return this.#isStandard;
  }

  /** Whether a text can be read without the messages before and behind it. */
  isWhole(text: string): boolean {
    return this.#isStandard && !ANNOUNCES_BYTES.test(text);
  }

  /** Reads a text that is whole. Throws where it is no packet. */
  readWhole(text: string): ReceivedPacket {
    return this.#shared.read(text)!;
  }

  /** An event that came in the same bytes before. */
  known(bytes: Buffer, from: number, to: number): ReceivedPacket | undefined {
    return this.#isStandard && bytes[from] === EVENT ? this.#cache.find(bytes, from, to) : undefined;
  }

  /** Has an event known by its bytes. One that wants to be acknowledged comes to each socket in bytes of its own. */
  remember(bytes: Buffer, from: number, to: number, packet: ReceivedPacket): void {
    if (packet.event !== undefined && packet.id === undefined) this.#cache.add(bytes, from, to, packet);
  }
}

/** A parser's decoder, of which packets are returned instead of told. */
export class PacketDecoder {
  readonly #decoder: InstanceType<ParserModule['Decoder']>;
  #decoded: ReceivedPacket | undefined;

  constructor(decoder: InstanceType<ParserModule['Decoder']>) {
    this.#decoder = decoder;
    decoder.on('decoded', (packet) => {
      this.#decoded = receivedPacket(packet);
    });
  }

  /** The packet that is whole with this message; undefined where more is to come. Throws where it is no packet. */
  read(message: string | Uint8Array): ReceivedPacket | undefined {
    this.#decoded = undefined;
    this.#decoder.add(message);
    return this.#decoded;
  }
}

/** Reads the packets of one socket. */
export class PacketReader {
  readonly #parser: PacketParser;
  /** While bytes are to come, and as long as the parser may remember something. */
  #decoder: PacketDecoder | undefined;

  constructor(parser: PacketParser) {
    this.#parser = parser;
  }

  /** Whether it remembers nothing: another may take its place. */
  get isIdle(): boolean {
    return this.#decoder === undefined;
  }

  /** A message as text that is not known. Throws a FrameError where it is no UTF-8, and an Error where it is no packet. */
  readText(bytes: Buffer, from: number, to: number): ReceivedPacket | undefined {
    const text = decodeText(bytes, from, to);
    if (this.#decoder !== undefined || !this.#parser.isWhole(text)) return this.#read(text);
    const packet = this.#parser.readWhole(text);
    this.#parser.remember(bytes, from, to, packet);
    return packet;
  }

  /** A message as bytes. Throws an Error where it is no packet. */
  readBytes(bytes: Buffer): ReceivedPacket | undefined {
    return this.#read(bytes);
  }

  #read(message: string | Uint8Array): ReceivedPacket | undefined {
    this.#decoder ??= this.#parser.decoder();
    const packet = this.#decoder.read(message);
    if (packet !== undefined && this.#parser.forgets) this.#decoder = undefined;
    return packet;
  }
}
