import { randomBytes } from 'node:crypto';
import type { Socket as NetSocket } from 'node:net';
import type { Server } from 'socket.io';
import { bufferedBytes, cut, type EngineClient, engineClients, type WebSocketLink } from '../vitals/engine-clients.ts';

/** What may wait for clients, and for how long one may read nothing. */
export interface EvictionLimits {
  readonly packets: number;
  readonly bytes: number;
  readonly totalBytes: number;
  /** How often a WebSocket client has to show that it reads. */
  readonly askEveryMs: number;
  /** As long as a heartbeat may take: pongs sent without reading do not keep a client. */
  readonly silentMs: number;
  /** How long a response over HTTP may make no progress. */
  readonly stalledMs: number;
}

/** Why a client is cut off, as it is told: it reads too slowly, or not at all, or goes on in spite of refusals. */
export type EvictionReason = 'slow' | 'silent' | 'flood';

/**
 * Cuts off clients that do not read, since what waits for a client has no bound in Socket.IO. A client is told first, by the
 * event `evicted` behind all that it has not read, and cut off at the next look. Times are in ms.
 */
export class Eviction {
  readonly #io: Server;
  readonly #open: ReadonlySet<NetSocket>;
  readonly #limits: EvictionLimits;
  readonly #watched = new WeakMap<EngineClient, Watched>();
  readonly #responses = new WeakMap<NetSocket, Progress>();
  readonly #told = new Set<EngineClient>();
  #queuedBytes = 0;
  #evicted = 0;

  /** `open` are the TCP connections. */
  constructor(io: Server, open: ReadonlySet<NetSocket>, limits: EvictionLimits) {
    this.#io = io;
    this.#open = open;
    this.#limits = limits;
  }

  /** Clients that were cut off since the start. */
  get count(): number {
    return this.#evicted;
  }

  /** Notes that bytes were handed over to be sent; after many, looks at once. */
  queued(bytes: number): void {
    this.#queuedBytes += bytes;
    if (this.#queuedBytes > this.#limits.totalBytes / 4) this.look(performance.now());
  }

  /** Looks at all clients; to be called about once a second. */
  look(now: number): void {
    this.#queuedBytes = 0;
    for (const client of this.#told) cut(client);
    this.#told.clear();
    const kept: { readonly client: EngineClient; readonly bytes: number }[] = [];
    const clients = engineClients(this.#io);
    for (const client of clients) {
      const bytes = bufferedBytes(client);
      if (bytes > this.#limits.bytes || client.writeBuffer.length > this.#limits.packets) this.evict(client, 'slow');
      else if (this.#isSilent(client, now)) this.evict(client, 'silent');
      else kept.push({ client, bytes });
    }
    this.#evictLargest(kept);
    this.#cutStalled(clients, now);
  }

  /** Tells a client that it is cut off, and why, and stops to queue for it. */
  evict(client: EngineClient, reason: EvictionReason): void {
    if (client.readyState !== 'open') return;
    this.#evicted += 1;
    this.#told.add(client);
    client.write(`2["evicted",{"reason":"${reason}"}]`);
    client.close();
  }

  /** Cuts off those for whom the most is waiting until the rest is within the limit for all together. */
  #evictLargest(clients: { readonly client: EngineClient; readonly bytes: number }[]): void {
    let total = clients.reduce((sum, { bytes }) => sum + bytes, 0);
    if (total <= this.#limits.totalBytes) return;
    for (const { client, bytes } of clients.sort((a, b) => b.bytes - a.bytes)) {
      if (total <= this.#limits.totalBytes) return;
      total -= bytes;
      this.evict(client, 'slow');
    }
  }

  /** Whether a client shows no sign of reading, whatever it sends. */
  #isSilent(client: EngineClient, now: number): boolean {
    const { socket } = client.transport;
    const known = this.#watched.get(client);
    // New, or upgraded since the last look.
    if (known === undefined || known.socket !== socket) {
      this.#watched.set(client, watch(socket, now));
      return false;
    }
    return socket ? this.#isMute(socket, known, now) : this.#isLeft(client, known, now);
  }

  /** Whether a WebSocket client has not answered what only one who reads can: a ping with a payload to be repeated. */
  #isMute(socket: WebSocketLink, known: Watched, now: number): boolean {
    const { askEveryMs, silentMs } = this.#limits;
    if (known.asked !== undefined) return now - known.since >= silentMs;
    if (now - known.since < askEveryMs) return false;
    known.asked = randomBytes(4);
    known.since = now;
    // The callback keeps an error of a socket that is closing from being thrown.
    socket.ping(known.asked, false, () => {});
    return false;
  }

  /** Whether a polling client leaves what waits for it. */
  #isLeft({ writeBuffer: [oldest] }: EngineClient, known: Watched, now: number): boolean {
    if (oldest === undefined || oldest !== known.oldest) {
      known.oldest = oldest;
      known.since = now;
    }
    return now - known.since >= this.#limits.silentMs;
  }

  /** Cuts off TCP connections whose response nobody takes, so that none waits in memory for ever. */
  #cutStalled(clients: readonly EngineClient[], now: number): void {
    const webSockets = new Set(clients.map(({ transport }) => transport.socket?._socket));
    for (const socket of this.#open) {
      if (socket.writableLength === 0 || webSockets.has(socket)) continue;
      const taken = socket.bytesWritten - socket.writableLength;
      const known = this.#responses.get(socket);
      if (known?.taken !== taken) this.#responses.set(socket, { taken, since: now });
      else if (now - known.since >= this.#limits.stalledMs) socket.destroy();
    }
  }
}

/** What is known of a client's reading. */
interface Watched {
  readonly socket: WebSocketLink | undefined;
  /** The payload of the ping that it has not answered. */
  asked: Buffer | undefined;
  /** The packet that has waited the longest for a polling client. */
  oldest: unknown;
  since: number;
}

/** How much of a response was taken, and since when no more. */
interface Progress {
  readonly taken: number;
  readonly since: number;
}

function watch(socket: WebSocketLink | undefined, now: number): Watched {
  const watched: Watched = { socket, asked: undefined, oldest: undefined, since: now };
  socket?.on('pong', (payload) => {
    if (watched.asked?.equals(payload)) watched.asked = undefined;
  });
  return watched;
}
