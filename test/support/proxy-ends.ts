/** For tests: a proxy between real sockets, both ends in hand. Everything is closed when the test has ended. */

import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import { createProxy, type FaultChange, type FaultProxy } from '../../faults/proxy/fault-proxy.ts';

/** One end of a connection, and what it has seen. */
export class End {
  readonly socket: Socket;
  readonly chunks: { readonly at: number; readonly data: Buffer }[] = [];
  /** `fin` or `rst`, once the other end is gone; `at` in ms. */
  readonly over: Promise<{ readonly how: 'fin' | 'rst'; readonly at: number }>;
  #wake = () => {};

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (data) => {
      this.chunks.push({ at: performance.now(), data });
      this.#wake();
    });
    this.over = new Promise((resolve) => {
      socket.on('end', () => resolve({ how: 'fin', at: performance.now() }));
      socket.on('error', () => resolve({ how: 'rst', at: performance.now() }));
    });
  }

  get text(): string {
    return Buffer.concat(this.chunks.map(({ data }) => data)).toString('latin1');
  }

  /** Waits until it has read so many bytes, or some text. */
  async until(enough: number | string): Promise<string> {
    while (typeof enough === 'number' ? this.text.length < enough : !this.text.includes(enough)) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.text;
  }
}

export interface Ends {
  readonly client: End;
  readonly target: End;
}

/** A proxy before a bare TCP server whose sockets only say a greeting, if there is one. */
export async function proxied(greeting = '') {
  const accepted: Socket[] = [];
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    accepted.push(socket);
    socket.on('error', () => {});
    if (greeting) socket.write(greeting);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { proxy, events } = await proxyTo((server.address() as AddressInfo).port);
  onTestFinished(() => {
    for (const socket of accepted) socket.destroy();
    server.close();
  });
  const open = async (): Promise<Ends> => {
    const client = new End(dial(proxy));
    const [target] = (await once(server, 'connection')) as [Socket];
    return { client, target: new End(target) };
  };
  return { proxy, events, open, accepted };
}

/** A proxy before a port of this host. */
export async function proxyTo(port: number): Promise<{ proxy: FaultProxy; events: FaultChange[] }> {
  const events: FaultChange[] = [];
  const proxy = await createProxy({
    target: { host: '127.0.0.1', port },
    seed: 'test',
    now: () => performance.now(),
    onEvent: (event) => events.push(event),
  });
  onTestFinished(() => proxy.close());
  return { proxy, events };
}

/** A client's socket to a proxy; it is destroyed when the test has ended. */
export function dial(proxy: FaultProxy): Socket {
  const socket = connect({ host: '127.0.0.1', port: proxy.port, allowHalfOpen: true, noDelay: true });
  onTestFinished(() => {
    socket.destroy();
  });
  return socket;
}

/** Whether something has not happened although everything that was on its way has arrived. */
export async function stillPending(promise: Promise<unknown>): Promise<boolean> {
  const pending = Symbol('pending');
  return (await Promise.race([promise, allArrived().then(() => pending)])) === pending;
}

/**
 * Resolves once whatever is on its way between sockets of this process has arrived: after more round trips of a byte than
 * there are hops through a proxy, each of which is a turn of the event loop at both ends.
 */
export async function allArrived(roundTrips = 30): Promise<void> {
  const server = createServer((socket) => socket.pipe(socket)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect({ host: '127.0.0.1', port: (server.address() as AddressInfo).port, noDelay: true });
  for (let i = 0; i < roundTrips; i++) {
    socket.write('.');
    await once(socket, 'data');
  }
  socket.destroy();
  server.close();
}
