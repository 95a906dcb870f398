import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer, type Server, type Socket } from 'node:net';
import { drawOf } from '../../base/random.ts';
import { type Fault, type FaultInput, parseFault } from '../registry.ts';
import { Connection, type NumberedFault } from './proxied-connection.ts';
import type { Direction } from './stage.ts';
import type { ProxyTarget } from './target-socket.ts';

/** What a proxy stands before, and whom it tells. */
export interface ProxyOptions {
  /** Where connections go. */
  readonly target: ProxyTarget;
  /** Decides which connections a fault touches, and its jitter. */
  readonly seed: string | number;
  /** A monotonic clock, ms. */
  readonly now: () => number;
  /** Told when a fault really begins and ends: just before its first effect, just after its last. */
  readonly onEvent: (event: FaultChange) => void;
}

/** A fault that begins or ends; `at` is on the proxy's clock, ms, and `fault` its kind. */
export interface FaultChange {
  readonly kind: 'faultOn' | 'faultOff';
  readonly at: number;
  readonly fault: Fault['kind'];
}

/** A fault that is on. Switching it off twice is no harm. */
export interface FaultSwitch {
  readonly fault: Fault;
  off(): void;
}

/** Bytes read from clients (`up`) and from the target (`down`). */
export type Bytes = Readonly<Record<Direction, number>>;

/** What has gone through so far. */
export interface ProxyStats {
  readonly connections: { readonly open: number; readonly total: number };
  readonly bytes: Bytes;
  /** The same bytes by what their connection is: WebSocket once the target has agreed to it, polling otherwise. */
  readonly transports: Readonly<Record<'polling' | 'websocket', Bytes>>;
}

/** Opens a proxy on a free port of 127.0.0.1. */
export async function createProxy(options: ProxyOptions): Promise<FaultProxy> {
  // Half-open connections stay so, small messages are not held back.
  const server = createServer({ allowHalfOpen: true, noDelay: true });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return new FaultProxy(server, options);
}

/** A TCP proxy between clients and a target that does harm on request. */
export class FaultProxy {
  readonly port: number;
  readonly #server: Server;
  readonly #options: ProxyOptions;
  readonly #connections = new Set<Connection>();
  readonly #switches = new Map<NumberedFault, FaultSwitch>();
  readonly #gone = { polling: { up: 0, down: 0 }, websocket: { up: 0, down: 0 } };
  #accepted = 0;
  #switchedOn = 0;

  constructor(server: Server, options: ProxyOptions) {
    this.#server = server;
    this.#options = options;
    this.port = (server.address() as AddressInfo).port;
    server.on('connection', (client) => this.#accept(client));
    server.on('error', () => {}); // out of descriptors: that client waits or goes, the others stay
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Switches a fault on, for open connections and for those to come. Throws a UsageError; an Error once it is closed. */
  set(input: FaultInput): FaultSwitch {
    if (!this.#server.listening) throw new Error('The proxy is closed: no fault can be switched on.');
    const fault: NumberedFault = { number: this.#switchedOn++, fault: parseFault(input) };
    const off = () => this.#off(fault);
    const handle = { fault: fault.fault, off };
    this.#tell('faultOn', fault.fault);
    this.#switches.set(fault, handle);
    for (const connection of this.#connections) {
      if (fault.fault.touches !== 'new' && this.#touches(fault, connection.number)) connection.attach(fault);
    }
    return handle;
  }

  /** Switches every fault off. */
  clear(): void {
    for (const { off } of [...this.#switches.values()]) off();
  }

  stats(): ProxyStats {
    const transports = { polling: { ...this.#gone.polling }, websocket: { ...this.#gone.websocket } };
    for (const { transport, bytes } of this.#connections) add(transports[transport], bytes);
    const bytes = { ...transports.polling };
    add(bytes, transports.websocket);
    return { connections: { open: this.#connections.size, total: this.#accepted }, bytes, transports };
  }

  /** Switches every fault off, ends every connection and waits until nothing is left. */
  async close(): Promise<void> {
    this.clear();
    const ended = this.#server.listening ? once(this.#server, 'close') : undefined;
    this.#server.close();
    for (const connection of this.#connections) connection.close();
    await ended;
    while (this.#connections.size > 0) await new Promise((resolve) => setImmediate(resolve));
  }

  #accept(client: Socket): void {
    const number = this.#accepted++;
    const { target, seed, now } = this.#options;
    const faults = [...this.#switches.keys()].filter(
      (fault) => fault.fault.touches !== 'open' && this.#touches(fault, number),
    );
    const onClose = (connection: Connection) => {
      this.#connections.delete(connection);
      add(this.#gone[connection.transport], connection.bytes);
    };
    this.#connections.add(new Connection(client, { target, number, seed, now, faults, onClose }));
  }

  #off(fault: NumberedFault): void {
    if (!this.#switches.delete(fault)) return;
    for (const connection of this.#connections) connection.detach(fault.number);
    this.#tell('faultOff', fault.fault);
  }

  #touches({ number, fault }: NumberedFault, connection: number): boolean {
    return drawOf(this.#options.seed, number, connection) < fault.probability;
  }

  #tell(kind: FaultChange['kind'], fault: Fault): void {
    this.#options.onEvent({ kind, at: this.#options.now(), fault: fault.kind });
  }
}

function add(sum: Record<Direction, number>, bytes: Bytes): void {
  sum.up += bytes.up;
  sum.down += bytes.down;
}
