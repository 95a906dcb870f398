import { PacketType } from 'socket.io-parser';
import type { EmitOptions, Reply, RequestOptions } from '../chat-socket.ts';
import type { ReceivedPacket } from './packets/packet.ts';
import type { OutgoingSocketPacket } from './packets/packet-parser.ts';
import { PendingAcks } from './pending-acks.ts';

/** The link below a socket. */
export interface SocketLink {
  /** Whether packets can be sent now: there is a link, and it is not known to be dead. */
  readonly isLive: boolean;
  /** Whether the transport takes a packet without making it wait. */
  readonly isWritable: boolean;
  send(packet: OutgoingSocketPacket): void;
}

/** Events that tell of the connection, and cannot be emitted. */
const RESERVED = new Set(['connect', 'connect_error', 'disconnect', 'disconnecting', 'newListener', 'removeListener']);

type Listener = (args: readonly unknown[]) => void;

/**
 * A socket of Socket.IO in one namespace: what is emitted, acknowledged, kept until there is a link, and recovered. It
 * outlives its links.
 */
export class NamespaceSocket {
  readonly #namespace: string;
  readonly #link: SocketLink;
  /** The event that was listened for first, and its first listener: mostly there is no other, and looking it up costs. */
  #event: string | undefined;
  #listener: Listener | undefined;
  /** All others. */
  #others: Map<string, Listener[]> | undefined;
  #acks: PendingAcks | undefined;
  #isConnected = false;
  /** What was emitted without a link. */
  #unsent: OutgoingSocketPacket[] | undefined;
  /** What came before the connection was confirmed: what is recovered comes first. */
  #early: ReceivedPacket[] | undefined;
  /** The private id of the session, and how far it was heard, where the server can recover it. */
  #pid: string | undefined;
  #offset: string | undefined;

  constructor(namespace: string, link: SocketLink) {
    this.#namespace = namespace;
    this.#link = link;
  }

  get isConnected(): boolean {
    return this.#isConnected;
  }

  on(event: string, listener: Listener): void {
    if (this.#event === undefined) {
      this.#event = event;
      this.#listener = listener;
      return;
    }
    this.#others ??= new Map();
    const listeners = this.#others.get(event);
    if (listeners) listeners.push(listener);
    else this.#others.set(event, [listener]);
  }

  emit(event: string, args: readonly unknown[], { volatile = false }: EmitOptions): void {
    this.#emit({ type: PacketType.EVENT, nsp: this.#namespace, data: [event, ...args] }, volatile);
  }

  request(event: string, args: readonly unknown[], options: RequestOptions, replied: (reply: Reply) => void): void {
    const late = (number: number) => {
      this.#unsent = this.#unsent?.filter(({ id }) => id !== number);
    };
    this.#acks ??= new PendingAcks();
    const id = this.#acks.wait(options.timeoutMs, late, replied);
    this.#emit({ type: PacketType.EVENT, nsp: this.#namespace, id, data: [event, ...args] }, options.volatile ?? false);
  }

  /** A link is there: asks for the namespace, or for the session to go on. */
  introduce(auth: unknown): void {
    const session = this.#pid === undefined ? {} : { pid: this.#pid, offset: this.#offset };
    this.#link.send({ type: PacketType.CONNECT, nsp: this.#namespace, data: { ...session, ...(auth as object) } });
  }

  /** Says goodbye to the namespace. */
  leave(): void {
    if (this.#isConnected) this.#link.send({ type: PacketType.DISCONNECT, nsp: this.#namespace });
  }

  /** The server has confirmed the connection; whether the session goes on. */
  connected(pid: string | undefined): boolean {
    const recovered = pid !== undefined && this.#pid === pid;
    this.#pid = pid;
    this.#isConnected = true;
    const [early, unsent] = [this.#early, this.#unsent];
    this.#early = undefined;
    this.#unsent = undefined;
    for (const packet of early ?? []) this.#tell(packet);
    for (const packet of unsent ?? []) this.#link.send(packet);
    return recovered;
  }

  /** There is no link any more; {@link cut} follows once this is told. */
  disconnected(): void {
    this.#isConnected = false;
  }

  /** The acks of what was sent on the last link will not come. */
  cut(): void {
    this.#acks?.cut(new Set(this.#unsent?.flatMap(({ id }) => id ?? [])));
  }

  received(packet: ReceivedPacket): void {
    if (packet.type === PacketType.ACK) {
      if (packet.id !== undefined) this.#acks?.came(packet.id, packet.args);
    } else if (this.#isConnected) this.#tell(packet);
    else {
      this.#early ??= [];
      this.#early.push(packet);
    }
  }

  /** Nobody is told anything any more. */
  close(): void {
    this.#acks?.clear();
    this.#listener = undefined;
    this.#others = undefined;
    this.#unsent = undefined;
    this.#early = undefined;
  }

  #emit(packet: OutgoingSocketPacket, volatile: boolean): void {
    const [event] = packet.data as [string];
    if (RESERVED.has(event)) throw new Error(`"${event}" is a reserved event name`);
    if (volatile && !this.#link.isWritable) return;
    if (this.#isConnected && this.#link.isLive) this.#link.send(packet);
    else {
      this.#unsent ??= [];
      this.#unsent.push(packet);
    }
  }

  #tell({ event, id, args, offset }: ReceivedPacket): void {
    const given = id === undefined ? args : [...args, this.#acknowledge(id)];
    if (event === this.#event) this.#listener?.(given);
    if (this.#others !== undefined) for (const listener of this.#others.get(event!) ?? []) listener(given);
    if (this.#pid !== undefined && id === undefined && offset !== undefined) this.#offset = offset;
  }

  /** What a listener acknowledges an event with, once. */
  #acknowledge(id: number): (...args: unknown[]) => void {
    let isDone = false;
    return (...args) => {
      if (isDone) return;
      isDone = true;
      this.#link.send({ type: PacketType.ACK, nsp: this.#namespace, id, data: args });
    };
  }
}
