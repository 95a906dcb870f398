import type { Agent } from 'node:http';
import { io, type Socket } from 'socket.io-client';
import type { ChatConnection } from '../chat-socket.ts';
import type { ClientOptions } from '../client-orders.ts';
import type { Dialect } from '../dialect.ts';
import { authorizationOf, type Endpoint } from '../endpoint.ts';
import { isAnswer, reasonOf } from './connect-error.ts';
import { agentOf } from './http-agent.ts';
import { type ClientSocket, SocketIoSocket } from './socketio-socket.ts';

/** How long a client that leaves may take to tell the server so over polling. */
const GOODBYE_MS = 1000;

/** Makes a connection, which is not connected yet. */
export function socketIoConnection(endpoint: Endpoint, dialect: Dialect, options: ClientOptions = {}): ChatConnection {
  return new SocketIoConnection(endpoint, dialect, options);
}

/** A connection of its own by socket.io-client, in the dialect's namespace. It reconnects as that client does by default. */
class SocketIoConnection extends SocketIoSocket implements ChatConnection {
  readonly #socket: Socket;
  readonly #endpoint: Endpoint;
  #agent: Agent;
  #isClosed = false;

  constructor(endpoint: Endpoint, dialect: Dialect, options: ClientOptions) {
    const agent = agentOf(endpoint);
    const socket = socketTo(endpoint, dialect, options, agent);
    super(socket as unknown as ClientSocket);
    this.#socket = socket;
    this.#endpoint = endpoint;
    this.#agent = agent;
    this.#watch();
  }

  connect(): void {
    if (this.#isClosed) return;
    this.tell({ kind: 'connecting' });
    this.#socket.connect();
  }

  disconnect(): void {
    this.#socket.disconnect();
  }

  changeNetwork(localAddress: string): void {
    const { io: manager } = this.#socket;
    const old = this.#agent;
    this.#agent = agentOf(this.#endpoint, localAddress);
    const options = manager.opts as { agent?: unknown; localAddress?: string };
    options.agent = this.#agent;
    options.localAddress = localAddress;
    const usual = manager.reconnectionDelay();
    manager.reconnectionDelay(1);
    manager.once('reconnect', () => manager.reconnectionDelay(usual));
    manager.engine?.close();
    setTimeout(() => old.destroy(), GOODBYE_MS).unref();
  }

  sleep(): void {
    // Timers stand still, and so does the one that would find the link dead; the client offers no other way to it.
    // biome-ignore lint/complexity/useLiteralKeys: TypeScript lets a private field be read by its name in quotes alone.
    clearTimeout(this.#socket.io.engine?.['_pingTimeoutTimer']);
  }

  wake(): void {
    if (this.#socket.connected) this.#socket.io.engine._hasPingExpired();
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.silence();
    this.#socket.disconnect();
    this.#socket.removeAllListeners();
    this.#socket.io.removeAllListeners();
    setTimeout(() => this.#agent.destroy(), GOODBYE_MS).unref();
  }

  #watch(): void {
    const { io: manager } = this.#socket;
    // What was kept open may be as dead as the link that ended, and a request on it would wait for ever.
    this.#socket.on('disconnect', () => {
      // On closing, the goodbye is still to be sent on it.
      if (!this.#isClosed) this.#agent.destroy();
    });
    this.#socket.on('connect_error', (error) => {
      this.tell({ kind: 'connectFailed', reason: reasonOf(error), answered: isAnswer(error) });
    });
    manager.on('reconnect_attempt', () => this.tell({ kind: 'connecting' }));
    manager.on('open', () => {
      const { engine } = manager;
      // biome-ignore lint/complexity/useLiteralKeys: TypeScript lets a private field be read by its name in quotes alone.
      const heartbeat = { pingIntervalMs: engine['_pingInterval'], pingTimeoutMs: engine['_pingTimeout'] };
      this.tell({ kind: 'opened', transport: engine.transport.name, heartbeat });
      engine.on('upgrade', ({ name }) => this.tell({ kind: 'upgraded', transport: name }));
      engine.on('upgradeError', (error) => {
        this.tell({ kind: 'upgradeFailed', reason: error.message.replace(': Error: ', ': ') });
      });
    });
  }
}

function socketTo({ url, via }: Endpoint, dialect: Dialect, options: ClientOptions, agent: Agent): Socket {
  const address = new URL(url);
  const { origin, search, host } = address;
  const authorization = authorizationOf(address);
  const { transports, ...others } = options;
  return io((via ?? origin) + dialect.namespace, {
    ...others,
    // Typed for browsers, where there is none.
    agent: agent as unknown as string,
    ...(transports && { transports: [...transports] }),
    autoConnect: false,
    forceNew: true,
    path: dialect.path,
    auth: dialect.auth,
    query: Object.fromEntries(new URLSearchParams(search)),
    extraHeaders: { ...(authorization && { Authorization: authorization }), ...(via && { Host: host }) },
  });
}
