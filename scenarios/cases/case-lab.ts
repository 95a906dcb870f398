import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { Server, type ServerOptions } from 'socket.io';
import { io, type ManagerOptions, type Socket, type SocketOptions } from 'socket.io-client';
import { forgivingRedis } from '../../base/forgiving-redis.ts';
import { createProxy, type FaultProxy } from '../../faults/proxy/fault-proxy.ts';
import { LabChat, type NodeLaunch } from './lab-chat.ts';
import { LabRedis } from './lab-redis.ts';

const WAIT_MS = 10_000;
const POLL_MS = 10;
const MOMENT_MS = 150;
const RETRY_MS = 100;
const CLOSE_MS = 5000;

/** A server, clients, and a link between them that fails on request: what a case works with. All of it is gone when it is closed. */
export class CaseLab {
  readonly #launch: NodeLaunch;
  readonly #closing: (() => unknown)[] = [];

  constructor(launch: NodeLaunch) {
    this.#launch = launch;
  }

  /** The reference chat as a process of its own, which can be killed. Rejects where it does not come up. */
  async chat(options: object): Promise<LabChat> {
    const chat = new LabChat(this.#launch, options);
    this.#closing.push(() => chat.stop('SIGKILL'));
    await chat.start();
    return chat;
  }

  /** A server on a free port of this machine. */
  async server(options: Partial<ServerOptions> = {}): Promise<{ readonly io: Server; readonly url: string }> {
    const http = createServer();
    const server = new Server(http, { serveClient: false, ...options });
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    this.#closing.push(() => server.close());
    return { io: server, url: `http://127.0.0.1:${(http.address() as AddressInfo).port}` };
  }

  /** A Redis. Rejects with an Error that says what is missing where there is none. */
  async redis(): Promise<LabRedis> {
    const redis = await LabRedis.start();
    this.#closing.push(() => redis.close());
    return redis;
  }

  /** A client of a Redis, which is let go of as the case ends. */
  redisClient(url: string): Redis {
    return this.#kept(forgivingRedis(new Redis(url, { maxRetriesPerRequest: null, retryStrategy: () => RETRY_MS })));
  }

  /** A node of a cluster: a server that hears the others by a Redis. */
  async node(
    adapter: 'redis-streams' | 'redis-pubsub',
    redisUrl: string,
    options: Partial<ServerOptions> = {},
    adapterOptions: object = {},
  ): Promise<{ readonly io: Server; readonly url: string }> {
    const client = this.redisClient(redisUrl);
    if (adapter === 'redis-streams') {
      const { createAdapter } = await import('@socket.io/redis-streams-adapter');
      return this.server({ ...options, adapter: createAdapter(client, adapterOptions) });
    }
    const { createAdapter } = await import('@socket.io/redis-adapter');
    return this.server({ ...options, adapter: createAdapter(client, this.redisClient(redisUrl), adapterOptions) });
  }

  /** A link to a server, on which faults can be made. */
  async link(url: string): Promise<FaultProxy> {
    const { hostname, port } = new URL(url);
    const target = { host: hostname, port: Number(port) };
    const proxy = await createProxy({ target, seed: 'case', now: () => performance.now(), onEvent: () => {} });
    this.#closing.push(() => proxy.close());
    return proxy;
  }

  /** A client that is connected. Rejects where it does not get in. */
  async client(url: string, options: Partial<ManagerOptions & SocketOptions> = {}): Promise<Socket> {
    const socket = io(url, { forceNew: true, transports: ['websocket'], reconnectionDelay: 50, ...options });
    this.#closing.push(() => socket.disconnect());
    await this.until('a client connects', () => socket.connected);
    return socket;
  }

  /** Has a client's link end as if it had noticed that, and waits until it is back. */
  async reconnect(socket: Socket): Promise<void> {
    let isBack = false;
    socket.once('connect', () => {
      isBack = true;
    });
    socket.io.engine.close();
    await this.until('the client is back', () => isBack);
  }

  /** Waits until something is so. Rejects with an Error that names it where it is not in time. */
  async until(what: string, isSo: () => boolean): Promise<void> {
    for (const end = performance.now() + WAIT_MS; performance.now() < end; await pause(POLL_MS)) if (isSo()) return;
    throw new Error(`Expected within ${WAIT_MS / 1000} s that ${what}.`);
  }

  /** Lets what is on its way arrive; on one machine that takes no longer. */
  async settle(ms = MOMENT_MS): Promise<void> {
    await pause(ms);
  }

  /** A client of a Redis, and those that an adapter makes of it, are let go of in the end. */
  #kept(client: Redis): Redis {
    client.on('error', () => {});
    this.#closing.push(() => client.disconnect());
    const duplicate = client.duplicate.bind(client);
    client.duplicate = (...args) => this.#kept(duplicate(...args));
    return client;
  }

  /** Never rejects: what does not end in time is left to the end of the process. */
  async close(): Promise<void> {
    for (const close of this.#closing.reverse()) {
      const closed = Promise.resolve().then(close);
      await Promise.race([closed.catch(() => {}), pause(CLOSE_MS, undefined, { ref: false })]);
    }
  }
}

/** Works in a lab, and closes it. Rejects as the work does. */
export async function inLab<T>(launch: NodeLaunch, work: (lab: CaseLab) => Promise<T>): Promise<T> {
  const lab = new CaseLab(launch);
  try {
    return await work(lab);
  } finally {
    await lab.close();
  }
}
