import { hash, randomBytes } from 'node:crypto';
import { ByteLink, type LinkOwner } from '../links/byte-link.ts';
import { HeadReader, HttpError, type HttpHead } from '../links/http-head.ts';
import { keepCookies, requestHead, type Site } from '../links/site.ts';
import { type OutgoingPacket, type Transport, TransportError, type TransportOwner } from '../session/transport.ts';
import { FrameError, FrameReader, type FrameSink, startOfOnlyText } from './frame-reader.ts';
import { BINARY, CLOSE, PING, PONG, TEXT, writeBytes, writeText } from './frame-writer.ts';

/** How long the other side may take to close the connection once both have said goodbye, ms; as the real client's. */
const GOODBYE_MS = 30_000;
const UPGRADE = 'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n';
const NONE = Buffer.alloc(0);

/** Engine.IO over WebSocket. */
export class WebSocketTransport implements Transport, LinkOwner, FrameSink {
  readonly name = 'websocket';
  readonly #site: Site;
  readonly #owner: TransportOwner;
  readonly #link: ByteLink;
  /** While a frame or a message is not whole. */
  #frames: FrameReader | undefined;
  /** What the answer to the upgrade has to prove. */
  readonly #accept: string;
  /** Until the upgrade is answered. */
  #heads: HeadReader | undefined = new HeadReader();
  #phase: 'opening' | 'open' | 'leaving' | 'over' = 'opening';
  #sentIn = -1;

  /** Connects at once. `sid` is the session's that it is to carry on. */
  constructor(site: Site, sid: string | undefined, owner: TransportOwner) {
    this.#site = site;
    this.#owner = owner;
    this.#link = new ByteLink(site.address, this);
    const key = randomBytes(16).toString('base64');
    this.#accept = hash('sha1', `${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`, 'base64');
    const query = sid === undefined ? 'websocket' : `websocket&sid=${encodeURIComponent(sid)}`;
    this.#link.write(requestHead(site, 'GET', query, `${UPGRADE}Sec-WebSocket-Key: ${key}\r\n`));
  }

  get isOpen(): boolean {
    return this.#phase === 'open';
  }

  /** As the real client, which is writable again in the next turn. */
  get isWritable(): boolean {
    return this.#phase === 'open' && this.#sentIn !== turn;
  }

  send(packets: readonly OutgoingPacket[]): void {
    for (const packet of packets) {
      if (packet instanceof Uint8Array) writeBytes(this.#link, BINARY, packet);
      else writeText(this.#link, packet.type, packet.text);
    }
    this.#sentIn = turn;
    if (waiting.length === 0) process.nextTick(endTurn);
    waiting.push(this);
  }

  close(): void {
    if (this.#phase === 'opening') this.#cut();
    if (this.#phase !== 'open') return;
    this.#sayGoodbye(NONE);
    this.#link.release();
    this.#phase = 'over';
  }

  drained(): void {
    if (this.#phase === 'open') this.#owner.transportDrained(this);
  }

  received(bytes: Buffer, length: number): void {
    try {
      if (this.#heads !== undefined) return this.#answered(this.#heads, bytes, length);
      if (this.#phase === 'leaving') return;
      const start = this.#frames === undefined ? startOfOnlyText(bytes, length) : 0;
      if (start > 0) this.#owner.transportText(this, bytes, start, length);
      else this.#read(bytes, 0, length);
    } catch (error) {
      if (!(error instanceof FrameError || error instanceof HttpError)) throw error;
      this.#fail(error);
    }
  }

  ended(error: Error | undefined): void {
    if (this.#phase === 'over') return;
    if (this.#phase === 'opening') return this.#fail(error ?? new Error('socket hang up'));
    this.#phase = 'over';
    this.#owner.transportClosed(this);
  }

  frame(opcode: number, bytes: Buffer, from: number, to: number): void {
    if (opcode === TEXT) this.#owner.transportText(this, bytes, from, to);
    else if (opcode === BINARY) this.#owner.transportBinary(this, Buffer.from(bytes.subarray(from, to)));
    else if (opcode === PING) writeBytes(this.#link, PONG, bytes.subarray(from, to));
    else if (opcode === CLOSE) this.#sayGoodbye(Buffer.from(bytes.subarray(from, to)));
  }

  #answered(heads: HeadReader, arrived: Buffer, length: number): void {
    const whole = heads.read(arrived, length);
    if (whole === undefined) return;
    const problem = this.#problemOf(whole.head);
    if (problem !== undefined) throw new HttpError(problem);
    this.#heads = undefined;
    this.#phase = 'open';
    this.#owner.transportOpened(this);
    if (whole.from < whole.to) this.#read(whole.bytes, whole.from, whole.to);
  }

  #read(bytes: Buffer, from: number, to: number): void {
    const frames = this.#frames ?? new FrameReader();
    // What is called back may close the connection.
    this.#frames = frames;
    frames.read(bytes, from, to, this);
    if (frames.isIdle) this.#frames = undefined;
  }

  #problemOf({ status, headers, cookies }: HttpHead): string | undefined {
    keepCookies(this.#site, cookies);
    if (status !== 101) return `Unexpected server response: ${status}`;
    if (headers.get('upgrade')?.toLowerCase() !== 'websocket') return 'Invalid Upgrade header';
    if (headers.get('sec-websocket-accept') !== this.#accept) return 'Invalid Sec-WebSocket-Accept header';
    if (headers.has('sec-websocket-extensions'))
      return 'Server sent a Sec-WebSocket-Extensions header but no extension was requested';
    return undefined;
  }

  #sayGoodbye(code: Buffer): void {
    if (this.#phase === 'open') writeBytes(this.#link, CLOSE, code);
    this.#phase = 'leaving';
    this.#frames?.stop();
    this.#link.end(GOODBYE_MS);
  }

  #fail(error: Error): void {
    if (error instanceof FrameError) {
      const code = Buffer.alloc(2);
      code.writeUInt16BE(error.code);
      this.#sayGoodbye(code);
    }
    this.#cut();
    this.#owner.transportFailed(this, new TransportError('websocket error', error.message));
  }

  #cut(): void {
    this.#phase = 'over';
    this.#frames?.stop();
    this.#link.abort();
  }
}

/** Counts the turns in which something was sent. */
let turn = 0;
let waiting: WebSocketTransport[] = [];

function endTurn(): void {
  const drained = waiting;
  turn++;
  waiting = [];
  for (const transport of drained) transport.drained();
}
