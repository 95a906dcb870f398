import { isUtf8 } from 'node:buffer';
import { encodePacket, type RawData } from 'engine.io-parser';
import type { Site } from '../links/site.ts';
import { type OutgoingPacket, type Transport, TransportError, type TransportOwner } from '../session/transport.ts';
import { HttpLink, type HttpLinkOwner } from './http-link.ts';

/** How long a goodbye may take. */
const GOODBYE_MS = 1000;
/** Stands between the packets of a payload. */
const SEPARATOR = 0x1e;
const OPEN = 0x30;
const CLOSE = 0x31;
const BASE64 = 0x62;

/** Engine.IO over HTTP long polling: one request that waits for what comes, and one for what is sent. */
export class PollingTransport implements Transport, HttpLinkOwner {
  readonly name = 'polling';
  readonly #owner: TransportOwner;
  readonly #poll: HttpLink;
  readonly #post: HttpLink;
  #sid: string | undefined;
  #phase: 'opening' | 'open' | 'pausing' | 'paused' | 'over' = 'opening';
  #paused = () => {};
  /** Whether a goodbye waits for the request before it. */
  #isLeaving = false;

  /** Asks for a session at once. */
  constructor(site: Site, owner: TransportOwner) {
    this.#owner = owner;
    this.#poll = new HttpLink(site, this);
    this.#post = new HttpLink(site, this);
    this.#poll.request(this.#query());
  }

  get isOpen(): boolean {
    return this.#phase === 'open';
  }

  get isWritable(): boolean {
    return this.#phase === 'open' && !this.#post.isWaiting;
  }

  /** The session that the requests belong to from now on. */
  carry(sid: string): void {
    this.#sid = sid;
  }

  send(packets: readonly OutgoingPacket[]): void {
    this.#post.request(this.#query(), packets.map(encoded).join('\x1e'));
  }

  /** Begins no further request, and calls back once there is none under way. */
  pause(paused: () => void): void {
    this.#phase = 'pausing';
    this.#paused = paused;
    this.#pauseIfIdle();
  }

  close(): void {
    if (this.#phase === 'over') return;
    const isKnown = this.#phase === 'open' && this.#sid !== undefined;
    this.#phase = 'over';
    if (!isKnown) return this.#cut();
    // The server answers the poll once it has read the goodbye, which goes behind what is on its way.
    this.#isLeaving = true;
    if (!this.#post.isWaiting) this.#sayGoodbye();
    setTimeout(() => this.#cut(), GOODBYE_MS).unref();
  }

  answered(link: HttpLink, status: number, bytes: Buffer, from: number, to: number): void {
    if (this.#isLeaving && link === this.#post) return this.#sayGoodbye();
    if (this.#phase === 'over') return link.abort();
    if (status !== 200) return this.#fail(link, new Error(`HTTP ${status}`), true);
    if (link === this.#poll) return this.#read(bytes, from, to);
    if (this.#phase === 'pausing') return this.#pauseIfIdle();
    if (this.#phase === 'open') this.#owner.transportDrained(this);
  }

  failed(link: HttpLink, error: Error): void {
    this.#fail(link, error, false);
  }

  #read(bytes: Buffer, from: number, to: number): void {
    for (let at = from; at <= to && this.#phase !== 'over'; ) {
      const found = bytes.indexOf(SEPARATOR, at);
      const end = found < 0 || found > to ? to : found;
      if (this.#packet(bytes, at, end)) break;
      at = end + 1;
    }
    if (this.#phase === 'open' || this.#phase === 'opening') this.#poll.request(this.#query());
    else if (this.#phase === 'pausing') this.#pauseIfIdle();
  }

  /** A packet of a payload; whether nothing behind it counts. */
  #packet(bytes: Buffer, from: number, to: number): boolean {
    const type = bytes[from]!;
    if (to > from && type === CLOSE) {
      this.#phase = 'over';
      this.#cut();
      this.#owner.transportClosed(this);
      return true;
    }
    if (this.#phase === 'opening' && to > from && type === OPEN) {
      this.#phase = 'open';
      this.#owner.transportOpened(this);
    }
    if (to > from && type === BASE64)
      this.#owner.transportBinary(this, Buffer.from(bytes.toString('latin1', from + 1, to), 'base64'));
    else if (isUtf8(bytes.subarray(from, to))) this.#owner.transportText(this, bytes, from, to);
    else this.#repaired(Buffer.from(bytes.toString('utf8', from, to)));
    return false;
  }

  /** What is no UTF-8 is replaced, as every reader of HTTP answers does. */
  #repaired(bytes: Buffer): void {
    this.#owner.transportText(this, bytes, 0, bytes.length);
  }

  #pauseIfIdle(): void {
    if (this.#poll.isWaiting || this.#post.isWaiting) return;
    this.#phase = 'paused';
    this.#paused();
  }

  #fail(link: HttpLink, error: Error, answered: boolean): void {
    if (this.#phase === 'over') return;
    this.#phase = 'over';
    this.#cut();
    const what = link === this.#poll ? 'xhr poll error' : 'xhr post error';
    this.#owner.transportFailed(this, new TransportError(what, error.message, answered));
  }

  #sayGoodbye(): void {
    this.#isLeaving = false;
    this.#post.request(this.#query(), '1');
  }

  #cut(): void {
    this.#poll.abort();
    this.#post.abort();
  }

  /** Each request has another one, lest somebody on the way answer it. */
  #query(): string {
    const fresh = Math.random().toString(36).slice(2, 10);
    return `polling&t=${fresh}${this.#sid === undefined ? '' : `&sid=${encodeURIComponent(this.#sid)}`}`;
  }
}

function encoded(packet: OutgoingPacket): string {
  if (!(packet instanceof Uint8Array)) return packet.type + packet.text;
  let text = '';
  encodePacket({ type: 'message', data: packet }, false, (data: RawData) => {
    text = data as string;
  });
  return text;
}
