import type { Agent } from 'node:http';
import type { Socket } from 'socket.io-client';
import { type Recorder, transports } from '../measure/recorder.ts';
import type { RunClock } from './clock.ts';
import { agentOf, type ClientOptions, connectionTo, type Door, reasonOf } from './connection.ts';
import type { Dialect } from './dialect.ts';

/** How long a client that goes may take to tell the server so over polling. */
const GOODBYE_MS = 1000;

/** Whose client it is, who wants to know what happens to it, and who has to. */
interface Owner {
  readonly bot: number;
  readonly recorder: Recorder;
  readonly clock: RunClock;
  readonly connected: () => void;
  readonly lost: () => void;
}

/**
 * One socket.io-client behind a door. It reconnects as the client does by default, and tells the recorder of every change
 * of its connection.
 */
export class Client {
  readonly socket: Socket;
  readonly #owner: Owner;
  readonly #door: Door;
  #agent: Agent;
  #transport = 0;
  #gone = false;
  #firstAt = Number.NaN;
  #startedAt = 0;
  #openedAt = 0;
  #lostAt = Number.NaN;

  constructor(door: Door, dialect: Dialect, options: ClientOptions, owner: Owner) {
    this.#owner = owner;
    this.#door = door;
    this.#agent = agentOf(door);
    this.socket = connectionTo(door, dialect, options, this.#agent);
    this.#watch();
  }

  /** The number of its transport in {@link transports}, the last one while it is not connected. */
  get transport(): number {
    return this.#transport;
  }

  get isConnected(): boolean {
    return this.socket.connected;
  }

  /** When it first tried to connect, ms; NaN before. */
  get firstAt(): number {
    return this.#firstAt;
  }

  connect(): void {
    if (this.#gone) return;
    if (Number.isNaN(this.#firstAt)) this.#firstAt = this.#owner.clock();
    this.#attempt();
    this.socket.connect();
  }

  /** Ends the connection; {@link connect} begins a fresh session. */
  disconnect(): void {
    this.socket.disconnect();
  }

  /** Is on another network from now on, with another address of its own; it notices at once and connects again. */
  changeNetwork(localAddress: string): void {
    const { io: manager } = this.socket;
    const old = this.#agent;
    this.#agent = agentOf(this.#door, localAddress);
    const options = manager.opts as { agent?: unknown; localAddress?: string };
    options.agent = this.#agent;
    options.localAddress = localAddress;
    const usual = manager.reconnectionDelay();
    manager.reconnectionDelay(1);
    manager.once('reconnect', () => manager.reconnectionDelay(usual));
    manager.engine?.close();
    setTimeout(() => old.destroy(), GOODBYE_MS).unref();
  }

  /** Notices nothing any more, as a computer with its lid closed. Its link has to be silent meanwhile. */
  sleep(): void {
    // Timers stand still, and so does the one that would find the link dead; the client offers no other way to it.
    // biome-ignore lint/complexity/useLiteralKeys: TypeScript lets a private field be read by its name in quotes alone.
    clearTimeout(this.socket.io.engine?.['_pingTimeoutTimer']);
  }

  /** Notices what it slept through, and comes back as a client does. */
  wake(): void {
    if (this.socket.connected) this.socket.io.engine._hasPingExpired();
  }

  /** Goes for good, and tells nothing any more. */
  close(): void {
    this.#gone = true;
    this.socket.removeAllListeners();
    this.socket.disconnect();
    this.socket.io.removeAllListeners();
    setTimeout(() => this.#agent.destroy(), GOODBYE_MS).unref();
  }

  #watch(): void {
    const { bot, recorder, clock } = this.#owner;
    this.socket.on('connect', () => this.#connected());
    this.socket.on('disconnect', (reason) => {
      // What was kept open may be as dead as what was lost, and a request on it would wait for ever.
      this.#agent.destroy();
      const at = clock();
      // Who goes by itself has lost nothing.
      this.#lostAt = reason === 'io client disconnect' ? Number.NaN : at;
      this.#owner.lost();
      recorder.observe({ kind: 'disconnected', at, bot, reason });
    });
    this.socket.on('connect_error', (error) => {
      recorder.observe({ kind: 'connectFailed', at: clock(), bot, reason: reasonOf(error) });
    });
    this.socket.io.on('reconnect_attempt', () => this.#attempt());
    this.socket.io.on('open', () => this.#opened());
  }

  #attempt(): void {
    const { bot, recorder, clock } = this.#owner;
    this.#startedAt = clock();
    recorder.observe({ kind: 'connecting', at: this.#startedAt, bot });
  }

  #opened(): void {
    const { bot, recorder, clock } = this.#owner;
    const { engine } = this.socket.io;
    const openedAt = clock();
    const transport = engine.transport.name;
    this.#openedAt = openedAt;
    this.#setTransport(transport);
    recorder.observe({ kind: 'opened', at: openedAt, bot, transport, afterMs: openedAt - this.#startedAt });
    engine.on('upgrade', ({ name }) => {
      const at = clock();
      this.#setTransport(name);
      recorder.observe({ kind: 'upgraded', at, bot, transport: name, openedAgoMs: at - openedAt });
    });
    engine.on('upgradeError', (error) => {
      if (this.#gone) return;
      recorder.observe({ kind: 'upgradeFailed', at: clock(), bot, reason: error.message.replace(': Error: ', ': ') });
    });
  }

  #connected(): void {
    const { bot, recorder, clock } = this.#owner;
    const at = clock();
    const { recovered } = this.socket;
    const transport = transports[this.#transport]!;
    const times = { afterMs: at - this.#startedAt, openedAgoMs: at - this.#openedAt };
    recorder.observe({ kind: 'connected', at, bot, transport, recovered, ...times });
    if (!Number.isNaN(this.#lostAt)) {
      recorder.observe({ kind: 'reconnected', at, bot, recovered, afterMs: at - this.#lostAt });
    }
    this.#owner.connected();
  }

  #setTransport(name: string): void {
    this.#transport = Math.max(0, (transports as readonly string[]).indexOf(name));
  }
}
