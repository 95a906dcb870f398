import { PacketType } from 'socket.io-parser';
import type { ChatConnection, EmitOptions, LinkChange, Reply, RequestOptions } from '../chat-socket.ts';
import type { ClientOptions } from '../client-orders.ts';
import type { UserFacts } from '../identity/user-facts.ts';
import type { Identity } from '../identity/user-identity.ts';
import type { AuthOf } from '../socketio/client-options.ts';
import { Attempts, type AttemptsOwner } from './attempts.ts';
import type { Site } from './links/site.ts';
import { NamespaceSocket, type SocketLink } from './namespace-socket.ts';
import type { ReceivedPacket } from './packets/packet.ts';
import { type OutgoingSocketPacket, type PacketParser, PacketReader } from './packets/packet-parser.ts';
import { EngineSession, type SessionOptions, type SessionOwner } from './session/engine-session.ts';
import { TransportError } from './session/transport.ts';
import { FrameError } from './websocket/frame-reader.ts';

/** What connections are made of; many share it. */
export interface WireSetup {
  readonly namespace: string;
  readonly parser: PacketParser;
  readonly session: SessionOptions;
  /** How long a link may take to open, ms. */
  readonly timeoutMs: number;
  readonly authOf: AuthOf;
  /** Who user `n` is; asked once, before it connects. Rejects with an Error that says why there is none. */
  readonly identify: (n: number) => Promise<Identity>;
  /** Where the user connects to. */
  readonly siteOf: (identity: Identity, localAddress: string | undefined) => Site;
}

/** How a connection opens its links where it is told this; otherwise as socket.io-client does. */
export function openingOf({
  transports = ['polling', 'websocket'],
  tryAllTransports = false,
  timeout: timeoutMs = 20_000,
}: ClientOptions): Pick<WireSetup, 'session' | 'timeoutMs'> {
  return { session: { transports, tryAllTransports }, timeoutMs };
}

/** What a server of another protocol answers. */
const OTHER_PROTOCOL =
  'It seems you are trying to reach a Socket.IO server in v2.x with a v3.x client, but they are not compatible (more information here: https://socket.io/docs/v3/migrating-from-2-x-to-3-0/)';

/** A connection of its own, with next to nothing beside its link. It behaves as socket.io-client does by default. */
export class WireConnection implements ChatConnection, SessionOwner, SocketLink, AttemptsOwner {
  readonly #setup: WireSetup;
  readonly #number: number;
  #localAddress: string | undefined;
  readonly #facts: UserFacts;
  readonly #socket: NamespaceSocket;
  readonly #attempts = new Attempts(this);
  #watchers: ((change: LinkChange) => void)[] = [];
  #session: EngineSession | undefined;
  /** What a packet that comes in several messages is put together by. */
  #reader: PacketReader | undefined;
  readonly #parser: PacketParser;
  readonly #namespace: string;
  #site: Site | undefined;
  #transport = 'unknown';
  /** Whether it is to be connected, until it is told otherwise by its owner. */
  #isWanted = false;
  /** Whether it connects again by itself where a link ends: a server can tell it not to. */
  #isActive = false;
  /** Whether it is told not to connect again by itself. */
  #staysAway = false;
  #isOpen = false;
  #isClosed = false;

  /** Of user `n`, from an address of this machine if one is given. */
  constructor(setup: WireSetup, facts: UserFacts, n: number, localAddress?: string) {
    this.#setup = setup;
    this.#number = n;
    this.#localAddress = localAddress;
    this.#facts = facts;
    this.#socket = new NamespaceSocket(setup.namespace, this);
    this.#parser = setup.parser;
    this.#namespace = setup.namespace;
  }

  get isConnected(): boolean {
    return this.#socket.isConnected;
  }

  get transport(): string {
    return this.#session?.transport ?? this.#transport;
  }

  get blanks(): Readonly<Record<string, string>> {
    return this.#facts.blanks;
  }

  learn(name: string, value: string): void {
    this.#facts.learn(name, value);
  }

  redact(text: string): string {
    return this.#facts.redact(text);
  }

  on(event: string, listener: (args: readonly unknown[]) => void): void {
    this.#socket.on(event, listener);
  }

  emit(event: string, args: readonly unknown[], options: EmitOptions = {}): void {
    this.#socket.emit(event, args, options);
  }

  request(event: string, args: readonly unknown[], options: RequestOptions, replied: (reply: Reply) => void): void {
    this.#socket.request(event, args, options, replied);
  }

  watch(changed: (change: LinkChange) => void): void {
    this.#watchers.push(changed);
  }

  connect(): void {
    if (this.#isClosed || this.#isWanted) return;
    this.#isWanted = true;
    if (this.#site) this.#start();
    else void this.#identify();
  }

  disconnect(): void {
    this.#isWanted = false;
    if (!this.#isActive) return;
    this.#socket.leave();
    this.#deactivate();
    if (this.#socket.isConnected) this.#disconnected('io client disconnect');
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#watchers = [];
    this.disconnect();
    this.#socket.close();
  }

  changeNetwork(localAddress: string): void {
    this.#localAddress = localAddress;
    this.#site = this.#setup.siteOf(this.#facts.identity, localAddress);
    this.#attempts.hurry();
    this.#session?.close();
  }

  sleep(): void {
    this.#session?.ignoreSilence();
  }

  wake(): void {
    if (this.isConnected) this.#session?.hasExpired();
  }

  stayAway(): void {
    this.#staysAway = true;
  }

  dropLink(): void {
    this.#session?.close();
  }

  comeBack(): void {
    this.#staysAway = false;
    if (!this.#session) return this.tryAgain();
    this.#attempts.hurry();
    this.dropLink();
  }

  get isLive(): boolean {
    return this.#session !== undefined && !this.#session.hasExpired();
  }

  get isWritable(): boolean {
    return this.#session?.isWritable ?? false;
  }

  send(packet: OutgoingSocketPacket): void {
    for (const message of this.#parser.encode(packet)) this.#session?.send(message);
  }

  sessionOpened(): void {
    this.#attempts.succeeded();
    this.#isOpen = true;
    const session = this.#session!;
    this.#tell({ kind: 'opened', transport: session.transport, handshake: session.handshake! });
    if (this.#session === session) this.#socket.introduce(this.#setup.authOf(this.blanks));
  }

  sessionUpgraded(): void {
    this.#tell({ kind: 'upgraded', transport: this.transport });
  }

  sessionUpgradeFailed(reason: string): void {
    this.#tell({ kind: 'upgradeFailed', reason });
  }

  sessionText(bytes: Buffer, from: number, to: number): void {
    const known = this.#reader === undefined ? this.#parser.known(bytes, from, to) : undefined;
    if (known !== undefined) return this.#received(known);
    let packet: ReceivedPacket | undefined;
    if (from === to) return this.#misunderstood();
    try {
      packet = this.#read((reader) => reader.readText(bytes, from, to));
    } catch (error) {
      if (error instanceof FrameError) throw error;
      return this.#misunderstood();
    }
    if (packet !== undefined) this.#received(packet);
  }

  sessionBinary(bytes: Buffer): void {
    let packet: ReceivedPacket | undefined;
    try {
      packet = this.#read((reader) => reader.readBytes(bytes));
    } catch {
      return this.#misunderstood();
    }
    if (packet !== undefined) this.#received(packet);
  }

  sessionFailed(error: Error): void {
    const answered = error instanceof TransportError && error.answered;
    if (!this.#isOpen) this.#drop();
    if (!this.isConnected) this.#tell({ kind: 'connectFailed', reason: error.message, answered });
    if (!this.#isOpen) this.#tryLater();
  }

  sessionClosed(reason: string): void {
    // Of a link that ends before it is open, nothing is heard but that its time is up.
    if (!this.#isOpen) return;
    this.#drop();
    this.#disconnected(reason);
    this.#tryLater();
  }

  #read(read: (reader: PacketReader) => ReceivedPacket | undefined): ReceivedPacket | undefined {
    this.#reader ??= new PacketReader(this.#parser);
    const packet = read(this.#reader);
    if (this.#reader.isIdle) this.#reader = undefined;
    return packet;
  }

  /** A login may take a while: whether the connection is still wanted is seen afterwards. */
  async #identify(): Promise<void> {
    try {
      this.#facts.identity = await this.#setup.identify(this.#number);
    } catch (error) {
      this.#isWanted = false;
      return this.#tell({ kind: 'connectFailed', reason: (error as Error).message, answered: true });
    }
    this.#site ??= this.#setup.siteOf(this.#facts.identity, this.#localAddress);
    if (this.#isWanted && !this.#isClosed) this.#start();
  }

  #start(): void {
    this.#isActive = true;
    this.#open();
  }

  #open(): void {
    this.#tell({ kind: 'connecting' });
    if (!this.#isActive || this.#session) return;
    this.#reader = undefined;
    this.#isOpen = false;
    this.#session = new EngineSession(this.#site!, this.#setup.session, this);
    this.#attempts.began(this.#setup.timeoutMs);
  }

  timedOut(): void {
    this.#leave();
    this.#tell({ kind: 'connectFailed', reason: 'timeout', answered: false });
    this.#tryLater();
  }

  tryAgain(): void {
    if (this.#isActive) this.#open();
  }

  #tryLater(): void {
    if (this.#isActive && !this.#session && !this.#staysAway) this.#attempts.failed();
  }

  #received(packet: ReceivedPacket): void {
    if (packet.namespace !== this.#namespace) return;
    switch (packet.type) {
      case PacketType.CONNECT:
        return this.#connected(packet.data);
      case PacketType.CONNECT_ERROR:
        return this.#refused(packet.data);
      case PacketType.DISCONNECT:
        this.#deactivate();
        return this.#disconnected('io server disconnect');
      default:
        return this.#socket.received(packet);
    }
  }

  #connected(data: unknown): void {
    const { sid, pid } = (data ?? {}) as { sid?: unknown; pid?: unknown };
    if (!sid) return this.#tell({ kind: 'connectFailed', reason: OTHER_PROTOCOL, answered: false });
    const recovered = this.#socket.connected(typeof pid === 'string' ? pid : undefined);
    this.#tell({ kind: 'connected', recovered });
  }

  #refused(data: unknown): void {
    this.#deactivate();
    const { message = '' } = (data ?? {}) as { message?: unknown };
    this.#tell({ kind: 'connectFailed', reason: String(message), answered: true });
  }

  /** The server sent what is no packet. */
  #misunderstood(): void {
    this.#leave();
    this.#disconnected('parse error');
    this.#tryLater();
  }

  #disconnected(reason: string): void {
    this.#socket.disconnected();
    this.#tell({ kind: 'disconnected', reason, byClient: reason === 'io client disconnect' });
    this.#socket.cut();
  }

  /** Ends the link, and makes no other by itself. */
  #deactivate(): void {
    this.#isActive = false;
    this.#leave();
    this.#attempts.giveUp();
  }

  #leave(): void {
    const session = this.#session;
    this.#drop();
    session?.leave();
  }

  /** Has nothing to do with the link any more. */
  #drop(): void {
    this.#attempts.stop();
    this.#transport = this.transport;
    this.#session = undefined;
    this.#isOpen = false;
  }

  #tell(change: LinkChange): void {
    const told = 'reason' in change ? { ...change, reason: this.redact(change.reason) } : change;
    for (const changed of this.#watchers) changed(told);
  }
}
