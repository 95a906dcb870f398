import type { Socket } from 'node:net';
import { randomOf } from '../../base/random.ts';
import { attachFault, type Fault } from '../registry.ts';
import { Pipe } from './pipe.ts';
import { type Direction, Stage } from './stage.ts';
import { type ProxyTarget, targetSocket } from './target-socket.ts';

/** Where a connection goes, and what touches it. */
export interface ConnectionOptions {
  readonly target: ProxyTarget;
  /** The connection's number in its proxy, from 0. */
  readonly number: number;
  readonly seed: string | number;
  readonly now: () => number;
  /** The faults that touch it from its beginning. */
  readonly faults: readonly NumberedFault[];
  readonly onClose: (connection: Connection) => void;
}

/** A fault that is on; its number, in the order of switching on, keeps its draws apart from those of the others. */
export interface NumberedFault {
  readonly number: number;
  readonly fault: Fault;
}

/**
 * A client's connection and the one to the target that belongs to it: two directed pipes through the faults that touch it.
 * Ends and resets travel like bytes: what befalls them befalls the news that an end is gone.
 */
export class Connection {
  readonly #options: ConnectionOptions;
  readonly #client: Socket;
  readonly #target: Socket;
  readonly #up: Pipe;
  readonly #down: Pipe;
  readonly #stages = new Map<number, { readonly up: Stage; readonly down: Stage }>();
  #open = 2;
  #isWebSocket = false;

  constructor(client: Socket, options: ConnectionOptions) {
    const { now, target } = options;
    this.#options = options;
    this.#client = client;
    this.#target = targetSocket(target);
    // A target's first words tell whether it agreed to speak WebSocket; registered first, so that faults know already.
    this.#target.on('data', (data: Buffer) => this.#isWebSocket || this.#watchForUpgrade(data));
    this.#up = new Pipe(client, this.#target, now, () => this.#down.next(null, { at: now(), data: 'rst' }));
    this.#down = new Pipe(this.#target, client, now, () => this.#up.next(null, { at: now(), data: 'rst' }));
    for (const socket of [client, this.#target]) {
      socket.on('error', () => {}); // `close` follows, and says that there was one
      socket.on('close', () => this.#closed());
    }
    for (const fault of options.faults) this.#attach(fault, true);
    if (this.#target.destroyed) return;
    this.#target.setNoDelay(true);
    if (!target.tls) this.#target.connect(target.port, target.host);
  }

  get transport(): 'polling' | 'websocket' {
    return this.#isWebSocket ? 'websocket' : 'polling';
  }

  get number(): number {
    return this.#options.number;
  }

  /** Bytes read from the client (`up`) and from the target (`down`). */
  get bytes(): Readonly<Record<Direction, number>> {
    return { up: this.#up.bytes, down: this.#down.bytes };
  }

  /** Lets a fault touch it from now on. */
  attach(fault: NumberedFault): void {
    this.#attach(fault, false);
  }

  /** Takes a fault away, by its number; what it held back goes on. */
  detach(number: number): void {
    const stages = this.#stages.get(number);
    if (!stages) return;
    this.#stages.delete(number);
    this.#up.remove(stages.up);
    this.#down.remove(stages.down);
  }

  /** Ends both sockets at once; `onClose` follows. */
  close(): void {
    this.#client.destroy();
    this.#target.destroy();
  }

  #attach({ number, fault }: NumberedFault, opening: boolean): void {
    const up = this.#stageOf('up', number, opening);
    const down = this.#stageOf('down', number, opening);
    this.#stages.set(number, { up, down });
    this.#up.add(up);
    this.#down.add(down);
    const handlers = attachFault(fault, up, down);
    if (handlers.up) up.handle(handlers.up);
    if (handlers.down) down.handle(handlers.down);
  }

  #stageOf(direction: Direction, number: number, opening: boolean): Stage {
    const { seed, now } = this.#options;
    const pipe = direction === 'up' ? this.#up : this.#down;
    return new Stage({
      opening,
      fresh: pipe.bytes === 0,
      now,
      random: randomOf(seed, number, this.number, direction),
      isWebSocket: () => this.#isWebSocket,
      next: (stage, chunk) => pipe.next(stage, chunk),
      eased: () => pipe.flow(),
    });
  }

  #watchForUpgrade(data: Buffer): void {
    if (data[9] === 0x31 && data.toString('latin1', 0, 12) === 'HTTP/1.1 101') this.#isWebSocket = true;
  }

  #closed(): void {
    if (--this.#open > 0) return;
    for (const [number, { up, down }] of this.#stages) {
      up.drop();
      down.drop();
      this.detach(number);
    }
    this.#options.onClose(this);
  }
}
