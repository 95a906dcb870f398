import type { Server as HttpServer, IncomingMessage } from 'node:http';
import type { Socket as NetSocket } from 'node:net';
import type { Server } from 'socket.io';

/** How many connections there may be at once; `perAddress` 0 is as many as in total. */
export interface Limits {
  readonly total: number;
  readonly perAddress: number;
  /** TCP connections above `total` that are kept until they have been told no. */
  readonly spare: number;
}

/** Why a connection is one too many: `full` in total, `address` from where it comes. */
export type Excess = 'full' | 'address';

/**
 * Counts TCP connections and Engine.IO sessions, which over polling come and go apart from each other. One too many may
 * still speak for a session that there is, as a client that polls over a new connection does, but begins nothing new: it
 * is told so by the caller. TCP connections above the spare ones are closed without a word, by Node.
 */
export class ConnectionLimits {
  /** The TCP connections that are open, upgraded ones included, which `closeAllConnections` forgets. */
  readonly open: ReadonlySet<NetSocket>;
  readonly #limits: Limits;
  readonly #excess = new WeakMap<NetSocket, Excess>();
  readonly #sessions = new AddressCounts();

  /** `dropped` is called for each connection that is closed without a word. */
  constructor(http: HttpServer, limits: Limits, dropped: () => void) {
    this.#limits = limits;
    const open = new Set<NetSocket>();
    const sockets = new AddressCounts();
    this.open = open;
    http.maxConnections = limits.total + limits.spare;
    http.on('drop', dropped);
    http.on('connection', (socket) => {
      const excess = this.#excessOf(sockets, socket.remoteAddress);
      if (excess !== undefined) this.#excess.set(socket, excess);
      open.add(socket);
      const { remoteAddress } = socket;
      sockets.add(remoteAddress);
      socket.once('close', () => {
        open.delete(socket);
        sockets.remove(remoteAddress);
      });
    });
  }

  /** Counts the sessions of an Engine.IO server from now on. */
  watch(io: Server): void {
    io.engine.on('connection', (session: { remoteAddress?: string; once(event: 'close', heard: () => void): void }) => {
      const { remoteAddress } = session;
      this.#sessions.add(remoteAddress);
      session.once('close', () => this.#sessions.remove(remoteAddress));
    });
  }

  /** Why a request came over a connection too many; it is to be answered, and the connection closed. */
  excessConnection({ socket }: IncomingMessage): Excess | undefined {
    return this.#excess.get(socket);
  }

  /** Why a request may not begin a session. */
  excessSession(request: IncomingMessage): Excess | undefined {
    return this.excessConnection(request) ?? this.#excessOf(this.#sessions, request.socket.remoteAddress);
  }

  #excessOf(counts: AddressCounts, address: string | undefined): Excess | undefined {
    const { total, perAddress } = this.#limits;
    if (counts.total >= total) return 'full';
    return perAddress > 0 && counts.of(address) >= perAddress ? 'address' : undefined;
  }
}

/** How many there are, in total and by address; the address of what is closed already is undefined. */
class AddressCounts {
  readonly #counts = new Map<string | undefined, number>();
  total = 0;

  of(address: string | undefined): number {
    return this.#counts.get(address) ?? 0;
  }

  add(address: string | undefined): void {
    this.total += 1;
    this.#counts.set(address, this.of(address) + 1);
  }

  remove(address: string | undefined): void {
    this.total -= 1;
    if (this.of(address) > 1) this.#counts.set(address, this.of(address) - 1);
    else this.#counts.delete(address);
  }
}
