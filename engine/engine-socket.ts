import type { ChatConnection, LinkChange, Reply } from '../bots/chat-socket.ts';
import type { EngineMeter } from './engine-meter.ts';
import { StepError } from './step-error.ts';

type Listener = (...args: unknown[]) => void;

/** A user's socket, as functions of a processor have it: by the names that a socket of socket.io-client has. */
export class EngineSocket {
  /** The same connection, as chatstorm's own users speak through it. */
  readonly connection: ChatConnection;
  #listeners: Map<string, Set<Listener>> | undefined;
  #connected: PromiseWithResolvers<void> | undefined;

  constructor(connection: ChatConnection, meter: EngineMeter) {
    this.connection = connection;
    const link = meter.link();
    connection.watch((change) => {
      link(change);
      this.#changed(change);
    });
  }

  get connected(): boolean {
    return this.connection.isConnected;
  }

  /** Resolves once it is connected. Rejects with a StepError where its first attempt fails. */
  async connect(): Promise<void> {
    this.#connected = Promise.withResolvers();
    this.connection.connect();
    try {
      await this.#connected.promise;
    } finally {
      this.#connected = undefined;
    }
  }

  on(event: string, listener: Listener): this {
    this.#listeners ??= new Map();
    const known = this.#listeners.get(event);
    const listeners = known ?? new Set();
    listeners.add(listener);
    this.#listeners.set(event, listeners);
    if (!known) this.connection.on(event, (args) => this.#tell(event, args));
    return this;
  }

  once(event: string, listener: Listener): this {
    const first: Listener = (...args) => {
      this.off(event, first);
      listener(...args);
    };
    return this.on(event, first);
  }

  /** Without a listener, all of the event's. */
  off(event: string, listener?: Listener): this {
    if (listener) this.#listeners?.get(event)?.delete(listener);
    else this.#listeners?.get(event)?.clear();
    return this;
  }

  /** The last argument may be a function, which gets the ack's arguments; after a minute, nothing comes of it. */
  emit(event: string, ...args: unknown[]): this {
    const last = args.at(-1);
    if (typeof last !== 'function') this.connection.emit(event, args);
    else
      this.connection.request(event, args.slice(0, -1), { timeoutMs: ACK_TIMEOUT_MS }, (reply) => {
        if (reply.outcome === 'acked') last(...reply.args);
      });
    return this;
  }

  /** Emits what is acknowledged; how that ended. */
  ask(event: string, args: readonly unknown[], timeoutMs: number): Promise<Reply> {
    return new Promise((resolve) => this.connection.request(event, args, { timeoutMs }, resolve));
  }

  disconnect(): this {
    this.connection.disconnect();
    return this;
  }

  close(): void {
    this.#connected?.reject(new StepError('closed'));
    // Closing alone tells nobody.
    this.connection.disconnect();
    this.connection.close();
    this.#listeners = undefined;
  }

  #changed(change: LinkChange): void {
    if (change.kind === 'connected') {
      this.#connected?.resolve();
      this.#tell('connect', []);
    } else if (change.kind === 'connectFailed') {
      this.#connected?.reject(new StepError(change.reason));
      this.#tell('connect_error', [new Error(change.reason)]);
    } else if (change.kind === 'disconnected') this.#tell('disconnect', [change.reason]);
  }

  #tell(event: string, args: readonly unknown[]): void {
    for (const listener of this.#listeners?.get(event) ?? []) listener(...args);
  }
}

/** How long an ack may take that a function of a processor waits for. */
const ACK_TIMEOUT_MS = 60_000;
