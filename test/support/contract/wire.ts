import { createHash } from 'node:crypto';
import { createServer, type Server as HttpServer, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Finish } from './clients.ts';
import { listening, openPacket, type WireHandshake } from './servers.ts';

export interface FrameOptions {
  readonly opcode?: number;
  readonly fin?: boolean;
  readonly rsv?: number;
  readonly mask?: boolean;
  /** The length that the header tells. */
  readonly length?: number;
}

/** A frame of the WebSocket protocol, right or wrong. */
export function frame(content: string | Buffer, options: FrameOptions = {}): Buffer {
  const payload = Buffer.from(content);
  const { opcode = 1, fin = true, rsv = 0, mask = false, length = payload.length } = options;
  const short = length < 126 ? length : length < 65_536 ? 126 : 127;
  const head = [(fin ? 128 : 0) | (rsv << 4) | opcode, (mask ? 128 : 0) | short];
  const long = Buffer.alloc(short === 126 ? 2 : short === 127 ? 8 : 0);
  if (short === 126) long.writeUInt16BE(length);
  if (short === 127) long.writeBigUInt64BE(BigInt(length));
  // Masked by zeros, a payload stays as it is.
  return Buffer.concat([Buffer.from(head), long, Buffer.alloc(mask ? 4 : 0), payload]);
}

/** The server's side of one WebSocket, spoken by hand. */
export class WirePeer {
  /** What the client has sent: texts as they are, other frames as opcode and payload. */
  readonly heard: (string | readonly [opcode: number, payload: Buffer])[] = [];
  readonly socket: Socket;
  #rest = Buffer.alloc(0);

  constructor(socket: Socket, listener: (peer: WirePeer, text: string) => void) {
    this.socket = socket;
    socket.on('data', (chunk) => {
      this.#rest = Buffer.concat([this.#rest, chunk]);
      for (let next = this.#take(); next; next = this.#take()) {
        const [opcode, payload] = next;
        this.heard.push(opcode === 1 ? payload.toString() : next);
        if (opcode === 1) listener(this, payload.toString());
      }
    });
  }

  texts(...texts: readonly string[]): void {
    this.raw(...texts.map((text) => frame(text)));
  }

  raw(...frames: readonly Buffer[]): void {
    this.socket.write(Buffer.concat(frames));
  }

  /** Each byte by itself. */
  async crumbs(bytes: Buffer): Promise<void> {
    this.socket.setNoDelay(true);
    for (const byte of bytes) {
      this.socket.write(Buffer.of(byte));
      await new Promise(setImmediate);
    }
  }

  /** The next whole frame of the client's, which is masked. */
  #take(): readonly [number, Buffer] | undefined {
    const bytes = this.#rest;
    if (bytes.length < 2) return undefined;
    const short = bytes[1]! & 127;
    const extra = short === 126 ? 2 : short === 127 ? 8 : 0;
    if (bytes.length < 6 + extra) return undefined;
    const length = extra === 0 ? short : extra === 2 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
    const start = 6 + extra;
    if (bytes.length < start + length) return undefined;
    const mask = bytes.subarray(start - 4, start);
    const payload = Buffer.from(bytes.subarray(start, start + length).map((byte, at) => byte ^ mask[at % 4]!));
    this.#rest = bytes.subarray(start + length);
    return [bytes[0]! & 15, payload];
  }
}

export interface WireScript {
  readonly open?: WireHandshake;
  /** What is done with the socket right after the answer to the upgrade; by default the session is opened. */
  readonly begin?: (peer: WirePeer) => unknown;
  /** What is answered to the client's CONNECT packet; by default that it is connected. */
  readonly connect?: (peer: WirePeer) => unknown;
  /** What is done with other texts. */
  readonly hear?: (peer: WirePeer, text: string) => unknown;
  /** How the bytes of the upgrade's answer are sent. */
  readonly send?: (peer: WirePeer, answer: Buffer) => Promise<void>;
}

/** Answers upgrades of a server by a script. Gives the peers as they come. */
export function takeUpgrades(http: HttpServer, script: WireScript = {}): WirePeer[] {
  const begin = script.begin ?? ((peer) => peer.texts(openPacket(script.open)));
  const connect = script.connect ?? ((peer) => peer.texts('40{"sid":"n"}'));
  const peers: WirePeer[] = [];
  http.on('upgrade', async ({ headers }: IncomingMessage, socket: Socket) => {
    socket.on('error', () => {});
    const peer = new WirePeer(socket, (from, text) => {
      if (text.startsWith('40')) connect(from);
      else script.hear?.(from, text);
    });
    const answer = Buffer.from(switching(headers['sec-websocket-key'] ?? ''));
    if (script.send) await script.send(peer, answer);
    else socket.write(answer);
    peers.push(peer);
    begin(peer);
  });
  return peers;
}

/** A server that knows nothing but WebSockets, and speaks by a script. */
export async function wireServer(finish: Finish, script: WireScript = {}) {
  const http = createServer();
  const peers = takeUpgrades(http, script);
  return { http, peers, ...(await listening(http, finish)) };
}

function switching(key: string): string {
  const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
  const head = ['HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade'];
  return `${[...head, `Sec-WebSocket-Accept: ${accept}`].join('\r\n')}\r\n\r\n`;
}
