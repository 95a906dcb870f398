/**
 * A session of Engine.IO, protocol 4, as a client has it:
 *
 *   opening ──handshake──► open ──close()──► closing ──sent, upgraded──► closed
 *      └── failed, timed out ──────┴── failed, silent, ended ─────────────┘
 *
 * An upgrade goes beside it: a probe over WebSocket; once it is answered, polling is paused, and the session moves over.
 */

import { decodePacket } from 'engine.io-parser';
import type { Handshake } from '../../chat-socket.ts';
import type { Site } from '../links/site.ts';
import { decodeText } from '../packets/decode-text.ts';
import { PollingTransport } from '../polling/polling-transport.ts';
import { WebSocketTransport } from '../websocket/websocket-transport.ts';
import { countFitting, messagePacket, type OutgoingMessage, packetOf, readOpening } from './engine-packets.ts';
import { Heartbeat, type HeartbeatOwner } from './heartbeat.ts';
import type { OutgoingPacket, Transport, TransportError, TransportName, TransportOwner } from './transport.ts';

/** How a session tries its transports. */
export interface SessionOptions {
  /** In this order; with `tryAllTransports`, the next one is tried where one fails. */
  readonly transports: readonly TransportName[];
  readonly tryAllTransports: boolean;
}

/** Whose session it is. `sessionClosed` is called once; behind it, at most that an upgrade failed by it. */
export interface SessionOwner {
  sessionOpened(): void;
  sessionUpgraded(): void;
  sessionUpgradeFailed(reason: string): void;
  /** A message as text: its bytes, from `from` to `to`, are overwritten once this returns. */
  sessionText(bytes: Buffer, from: number, to: number): void;
  sessionBinary(bytes: Buffer): void;
  /** What could not be sent, or was no Engine.IO; the session's end follows if it was open. */
  sessionFailed(error: Error): void;
  sessionClosed(reason: string): void;
}

const MESSAGE = 0x34;

export class EngineSession implements TransportOwner, HeartbeatOwner {
  readonly #site: Site;
  readonly #owner: SessionOwner;
  readonly #options: SessionOptions;
  #transports: readonly TransportName[];
  #transport: Transport;
  #probe: Transport | undefined;
  /** Whether the probe was answered, rightly or not. */
  #isProbed = false;
  #isUpgrading = false;
  #phase: 'opening' | 'open' | 'closing' | 'closed' = 'opening';
  #handshake: Handshake | undefined;
  /** Whether its owner has given it up. */
  #isLeft = false;
  /** Whether its owner takes messages. */
  #isLive = false;
  readonly #heartbeat = new Heartbeat(this);
  #waiting: OutgoingPacket[] = [];

  /** Connects at once. */
  constructor(site: Site, options: SessionOptions, owner: SessionOwner) {
    this.#site = site;
    this.#owner = owner;
    this.#options = options;
    this.#transports = options.transports;
    this.#transport = this.#openTransport();
  }

  get transport(): TransportName {
    return this.#transport.name;
  }

  /** Undefined until it is open. */
  get handshake(): Handshake | undefined {
    return this.#handshake;
  }

  get isWritable(): boolean {
    return this.#transport.isWritable;
  }

  /** Sends a message, once the transport can. */
  send(message: OutgoingMessage): void {
    this.#send(messagePacket(message));
  }

  /** Whether the server has been silent for too long; where it has, the session is over in the next turn. */
  hasExpired(): boolean {
    return this.#heartbeat.hasExpired();
  }

  /** Does not notice silence any more, until the server's next ping. */
  ignoreSilence(): void {
    this.#heartbeat.stop();
  }

  silent(): void {
    this.#close('ping timeout');
  }

  /** Sends what waits, says goodbye and ends. The owner is told at once, by `sessionClosed`, where nothing waits. */
  close(): void {
    if (this.#phase !== 'opening' && this.#phase !== 'open') return;
    this.#phase = 'closing';
    this.#closeIfDone();
  }

  /** Closes without telling the owner, except of an upgrade that fails by it. */
  leave(): void {
    this.#isLeft = true;
    this.#isLive = false;
    this.close();
  }

  transportOpened(transport: Transport): void {
    if (transport === this.#probe) transport.send([packetOf('ping', 'probe')]);
  }

  transportText(transport: Transport, bytes: Buffer, from: number, to: number): void {
    if (bytes[from] === MESSAGE && to > from && transport === this.#transport && this.#isLive)
      return this.#owner.sessionText(bytes, from + 1, to);
    const { type, data } = decodePacket(decodeText(bytes, from, to), 'nodebuffer');
    if (transport === this.#probe) return this.#probed(transport, type === 'pong' && data === 'probe');
    if (transport !== this.#transport || this.#phase === 'closed') return;
    if (type === 'open') this.#shakeHands(transport, String(data));
    else if (type === 'ping') this.#pinged();
    else if (type === 'error') this.#fail(new Error('server error'));
    // Bytes may come as text.
    else if (type === 'message' && this.#isLive) this.#owner.sessionBinary(data);
  }

  transportBinary(transport: Transport, bytes: Buffer): void {
    if (transport === this.#probe) this.#probed(transport, false);
    else if (transport === this.#transport && this.#isLive) this.#owner.sessionBinary(bytes);
  }

  transportDrained(transport: Transport): void {
    if (transport !== this.#transport) return;
    this.#flush();
    this.#closeIfDone();
  }

  transportFailed(transport: Transport, error: TransportError): void {
    if (transport === this.#probe) this.#upgradeFailed(`probe error: ${error.what}`);
    else if (transport === this.#transport) this.#fail(error);
  }

  transportClosed(transport: Transport): void {
    if (transport === this.#probe) this.#upgradeFailed('probe error: transport closed');
    else if (transport === this.#transport) this.#close('transport close');
  }

  #openTransport(): Transport {
    const [name] = this.#transports;
    return name === 'websocket'
      ? new WebSocketTransport(this.#site, undefined, this)
      : new PollingTransport(this.#site, this);
  }

  #shakeHands(transport: Transport, said: string): void {
    if (this.#handshake) return;
    const opening = readOpening(said, this.#transports);
    if (!opening) return this.#fail(new Error('server error'));
    const { sid, handshake } = opening;
    this.#handshake = handshake;
    if (transport instanceof PollingTransport) transport.carry(sid);
    if (this.#phase === 'opening') this.#phase = 'open';
    this.#isLive = true;
    this.#owner.sessionOpened();
    if (this.#phase !== 'open') return;
    this.#flush();
    if (handshake.upgrades.includes('websocket') && transport.name === 'polling')
      this.#probe = new WebSocketTransport(this.#site, sid, this);
    this.#heartbeat.heard(handshake);
  }

  #pinged(): void {
    this.#send(packetOf('pong'));
    if (this.#handshake) this.#heartbeat.heard(this.#handshake);
  }

  #probed(probe: Transport, isRight: boolean): void {
    if (this.#isProbed) return;
    this.#isProbed = true;
    if (!isRight) return this.#owner.sessionUpgradeFailed('probe error');
    const polling = this.#transport as PollingTransport;
    this.#isUpgrading = true;
    polling.pause(() => {
      if (this.#phase === 'closed' || this.#probe !== probe) return;
      this.#probe = undefined;
      this.#transport = probe;
      probe.send([packetOf('upgrade')]);
      this.#isUpgrading = false;
      polling.close();
      this.#owner.sessionUpgraded();
      this.#flush();
      this.#closeIfDone();
    });
  }

  #upgradeFailed(reason: string): void {
    this.#probe?.close();
    this.#probe = undefined;
    this.#owner.sessionUpgradeFailed(reason);
    this.#closeIfDone();
  }

  #send(packet: OutgoingPacket): void {
    if (this.#phase !== 'open' && this.#phase !== 'opening') return;
    // Over WebSocket, what follows in the same turn need not wait.
    const isReady = this.#phase === 'open' && !this.#isUpgrading && this.#waiting.length === 0;
    if (isReady && this.#transport.isOpen && (this.#transport.name === 'websocket' || this.#transport.isWritable))
      return this.#transport.send([packet]);
    this.#waiting.push(packet);
    this.#flush();
  }

  #flush(): void {
    if (this.#phase === 'opening' || this.#phase === 'closed' || this.#isUpgrading || this.#waiting.length === 0)
      return;
    if (!this.#transport.isWritable) return;
    const packets = this.#waiting;
    const count =
      this.#transport.name === 'polling'
        ? countFitting(packets, this.#handshake?.maxPayloadBytes ?? null)
        : packets.length;
    this.#waiting = packets.slice(count);
    this.#transport.send(count === packets.length ? packets : packets.slice(0, count));
  }

  #closeIfDone(): void {
    if (this.#phase !== 'closing' || this.#waiting.length > 0 || this.#isUpgrading) return;
    this.#close('forced close');
  }

  #fail(error: Error): void {
    if (this.#phase === 'opening' && this.#options.tryAllTransports && this.#transports.length > 1) {
      this.#transports = this.#transports.slice(1);
      this.#transport = this.#openTransport();
      return;
    }
    if (!this.#isLeft) this.#owner.sessionFailed(error);
    this.#close('transport error');
  }

  #close(reason: string): void {
    if (this.#phase === 'closed') return;
    const probe = this.#probe;
    this.#phase = 'closed';
    this.#isLive = false;
    this.#probe = undefined;
    this.#waiting = [];
    this.#heartbeat.stop();
    const isSending = !this.#transport.isWritable;
    this.#transport.close();
    probe?.close();
    const failed = () => this.#owner.sessionUpgradeFailed('probe error: socket closed');
    if (!this.#isLeft) this.#owner.sessionClosed(reason);
    // The real client that leaves closes once its last packet has been sent.
    if (probe && this.#isLeft && isSending) process.nextTick(failed);
    else if (probe) failed();
  }
}
