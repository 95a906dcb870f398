import type { Agent } from 'node:http';
import { io, type Socket } from 'socket.io-client';
import type { ChatConnection, Handshake } from '../chat-socket.ts';
import type { ClientOptions } from '../client-orders.ts';
import type { Dialect } from '../dialect/dialect.ts';
import type { Endpoint } from '../endpoint.ts';
import { Identities } from '../identity/identities.ts';
import { UserFacts } from '../identity/user-facts.ts';
import { type Identity, nobody } from '../identity/user-identity.ts';
import { authOf, type SharedOptions, sharedOptionsOf, userOptionsOf } from './client-options.ts';
import { isAnswer, reasonOf } from './connect-error.ts';
import { agentOf } from './http-agent.ts';
import { type ClientSocket, SocketIoSocket } from './socketio-socket.ts';

/** How long a client that leaves may take to tell the server so over polling. */
const GOODBYE_MS = 1000;

/** What a connection needs beside where it goes and what its client is told. */
interface ConnectionSetup {
  readonly dialect: Dialect;
  readonly shared: SharedOptions;
  /** What all users share and no text may repeat. */
  readonly secrets: readonly string[];
  /** Who the user is; asked once, before it connects. Rejects with an Error that says why there is none. */
  readonly identify: () => Promise<Identity>;
}

/** Makes the connection of user `n`, which is not connected yet. */
export type Connector = (n: number, endpoint: Endpoint, client?: ClientOptions) => ChatConnection;

/** Makes connections of a dialect's users. Rejects with a UsageError where what it names cannot be read. */
export async function connectorOf(dialect: Dialect, url: string, secrets: readonly string[] = []): Promise<Connector> {
  const identities = await Identities.open(dialect, new URL(url));
  const shared = await sharedOptionsOf(dialect);
  return (n, endpoint, client = {}) =>
    new SocketIoConnection(endpoint, { dialect, shared, secrets, identify: () => identities.of(n) }, client);
}

/** A connection of its own by socket.io-client, in the dialect's namespace. It reconnects as that client does by default. */
class SocketIoConnection extends SocketIoSocket implements ChatConnection {
  readonly #socket: Socket;
  readonly #endpoint: Endpoint;
  readonly #setup: ConnectionSetup;
  #agent: Agent;
  #isIdentified = false;
  #isWanted = false;
  #isClosed = false;

  constructor(endpoint: Endpoint, setup: ConnectionSetup, options: ClientOptions) {
    const agent = agentOf(endpoint, setup.shared, nobody);
    const socket = socketTo(endpoint, setup, options, agent);
    super(socket as unknown as ClientSocket, authOf(setup.dialect), new UserFacts(nobody, setup.secrets));
    this.#socket = socket;
    this.#endpoint = endpoint;
    this.#setup = setup;
    this.#agent = agent;
    this.#watch();
  }

  connect(): void {
    if (this.#isClosed || this.#isWanted) return;
    this.#isWanted = true;
    if (this.#isIdentified) this.#open();
    else void this.#identify();
  }

  disconnect(): void {
    this.#isWanted = false;
    this.#socket.disconnect();
  }

  changeNetwork(localAddress: string): void {
    const { io: manager } = this.#socket;
    const old = this.#agent;
    this.#agent = this.#newAgent(localAddress);
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

  stayAway(): void {
    this.#socket.io.reconnection(false);
  }

  dropLink(): void {
    this.#socket.io.engine?.close();
  }

  comeBack(): void {
    if (!this.#socket.connected) return this.#return();
    // The manager decides whether to reconnect once its sockets have heard of the end.
    this.#socket.once('disconnect', () => setImmediate(() => this.#return()));
    this.dropLink();
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

  /** A login may take a while: whether the connection is still wanted is seen afterwards. */
  async #identify(): Promise<void> {
    try {
      this.facts.identity = await this.#setup.identify();
    } catch (error) {
      this.#isWanted = false;
      return this.tell({ kind: 'connectFailed', reason: (error as Error).message, answered: true });
    }
    const { io: manager } = this.#socket;
    const { auth, ...options } = userOptionsOf(this.#endpoint, this.#setup.dialect, this.facts.identity);
    this.#agent.destroy();
    this.#agent = this.#newAgent();
    Object.assign(manager.opts, options, { agent: this.#agent });
    this.#socket.auth = { ...auth };
    this.#isIdentified = true;
    if (this.#isWanted && !this.#isClosed) this.#open();
  }

  #open(): void {
    this.tell({ kind: 'connecting' });
    this.#socket.connect();
  }

  #return(): void {
    this.#socket.io.reconnection(true);
    if (this.#isWanted && !this.#isClosed && !this.#socket.connected) this.#open();
  }

  #newAgent(localAddress?: string): Agent {
    return agentOf(this.#endpoint, this.#setup.shared, this.facts.identity, localAddress);
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
      this.tell({ kind: 'opened', transport: engine.transport.name, handshake: handshakeOf(engine) });
      engine.on('upgrade', ({ name }) => this.tell({ kind: 'upgraded', transport: name }));
      engine.on('upgradeError', (error) => {
        this.tell({ kind: 'upgradeFailed', reason: error.message.replace(': Error: ', ': ') });
      });
    });
  }
}

function socketTo(
  { url, via }: Endpoint,
  { dialect, shared }: ConnectionSetup,
  options: ClientOptions,
  agent: Agent,
): Socket {
  const { transports, ...others } = options;
  return io((via ?? new URL(url).origin) + dialect.namespace, {
    ...shared,
    ...others,
    // Typed for browsers, where there is none.
    agent: agent as unknown as string,
    ...(transports && { transports: [...transports] }),
    autoConnect: false,
    forceNew: true,
  } as Parameters<typeof io>[1]);
}

/** What the server said as it opened the session: the client keeps it to itself. */
function handshakeOf(engine: Socket['io']['engine']): Handshake {
  const { _maxPayload, _pingInterval, _pingTimeout, _upgrades } = engine as unknown as {
    readonly _maxPayload: unknown;
    readonly _pingInterval: number;
    readonly _pingTimeout: number;
    readonly _upgrades: readonly string[];
  };
  return {
    pingIntervalMs: _pingInterval,
    pingTimeoutMs: _pingTimeout,
    maxPayloadBytes: typeof _maxPayload === 'number' && _maxPayload > 0 ? _maxPayload : null,
    upgrades: [..._upgrades],
  };
}
