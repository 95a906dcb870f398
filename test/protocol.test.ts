/**
 * The points of Socket.IO's own protocol suites (Engine.IO v4, 25; Socket.IO v5, 32), told anew: what a client can rely on
 * directly it can rely on through the proxy and through the balancer of several nodes.
 */

import { EventEmitter, once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server as EngineServer } from 'engine.io';
import { Server } from 'socket.io';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hostNow } from '../bots/clock.ts';
import { createProxy } from '../faults/proxy/fault-proxy.ts';
import { Processes } from '../load/conduct/processes.ts';
import { Haproxy } from '../load/conduct/target/haproxy.ts';
import { cleanUp, temporaryFolder } from './support/chatstorm.ts';
import { hasHaproxy } from './support/redis.ts';

const heartbeat = { pingInterval: 300, pingTimeout: 1500 };
const maxHttpBufferSize = 1_000_000;
const closers: (() => unknown)[] = [];
afterAll(async () => {
  for (const close of closers) await close();
  await cleanUp();
});

/** A server that echoes what it hears, reached in one of three ways; its address. */
type Way = 'directly' | 'through the proxy' | 'through HAProxy';
const ways: readonly Way[] = ['directly', 'through the proxy', ...(hasHaproxy ? (['through HAProxy'] as const) : [])];
type Start = (way: Way) => Promise<string>;

const startEngine: Start = (way) => {
  const http = createServer(healthy);
  const engine = new EngineServer({ ...heartbeat, maxHttpBufferSize });
  engine.attach(http, { path: '/socket.io/' });
  engine.on(
    'connection',
    (socket: {
      on(event: string, heard: (data: string | Buffer) => void): void;
      send(data: string | Buffer): void;
    }) => {
      socket.on('message', (data) => socket.send(data));
    },
  );
  return reached(http, way);
};

const startSocket: Start = (way) => {
  const http = createServer(healthy);
  const io = new Server(http, { ...heartbeat, maxHttpBufferSize, connectTimeout: 2000 });
  for (const namespace of ['/', '/custom']) {
    io.of(namespace).on('connection', (socket) => {
      socket.emit('auth', socket.handshake.auth);
      socket.on('message', (...args) => socket.emit('message-back', ...args));
      socket.on('message-with-ack', (...args) => args.pop()(...args));
    });
  }
  return reached(http, way);
};

/** Polls as they arrive at a server, by session: two requests overtake each other on the way. */
const polls = new EventEmitter();

/** What else is asked for, as a balancer does. */
const healthy: RequestListener = (_request, response) => void response.end();

async function reached(http: ReturnType<typeof createServer>, way: Way): Promise<string> {
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const { port } = http.address() as AddressInfo;
  http.on('request', ({ method, url = '' }) => {
    const sid = new URL(url, 'http://server').searchParams.get('sid');
    if (method === 'GET' && sid) polls.emit(sid);
  });
  closers.push(() => {
    http.closeAllConnections();
    http.close();
  });
  const url = `http://127.0.0.1:${port}`;
  if (way === 'directly') return url;
  if (way === 'through HAProxy') return balanced(new URL(url));
  const proxy = await createProxy({
    target: { host: '127.0.0.1', port },
    seed: 'protocol',
    now: hostNow,
    onEvent: () => {},
  });
  closers.unshift(() => proxy.close());
  return proxy.url;
}

/** Through the balancer of several nodes, with one. */
async function balanced(url: URL): Promise<string> {
  const folder = temporaryFolder();
  const processes = new Processes(() => {});
  closers.unshift(() => processes.close());
  const balancer = new Haproxy(processes, folder, folder, new WeakSet());
  return (await balancer.start([{ name: 'node-1', url }], 'haproxy-cookie')).origin;
}

/** A WebSocket by hand: what comes is waited for one by one. */
class Link {
  readonly #socket: WebSocket;
  readonly #come: (string | Buffer)[] = [];
  readonly closed: Promise<void>;
  #waiting: ((data: string | Buffer) => void) | undefined;

  constructor(url: string, query: string) {
    this.#socket = new WebSocket(`${url.replace('http', 'ws')}/socket.io/?${query}`);
    this.#socket.binaryType = 'arraybuffer';
    this.#socket.onmessage = ({ data }) => {
      const come = typeof data === 'string' ? data : Buffer.from(data);
      const waiting = this.#waiting;
      this.#waiting = undefined;
      if (waiting) waiting(come);
      else this.#come.push(come);
    };
    this.closed = new Promise((resolve) => {
      this.#socket.onclose = () => resolve();
      this.#socket.onerror = () => resolve();
    });
  }

  send(data: string | Uint8Array<ArrayBuffer>): void {
    this.#socket.send(data);
  }

  next(): Promise<string | Buffer> {
    const come = this.#come.shift();
    if (come !== undefined) return Promise.resolve(come);
    return new Promise((resolve) => {
      this.#waiting = resolve;
    });
  }

  /** The next that is no ping. */
  async nextPacket(): Promise<string | Buffer> {
    for (;;) {
      const come = await this.next();
      if (come !== '2') return come;
    }
  }

  close(): void {
    this.#socket.close();
  }
}

const websocket = 'EIO=4&transport=websocket';

async function opened(url: string, query = websocket): Promise<Link> {
  const link = new Link(url, query);
  expect(await link.next()).toMatch(/^0\{/);
  return link;
}

const polling = (url: string, sid = '') => `${url}/socket.io/?EIO=4&transport=polling${sid && `&sid=${sid}`}`;

async function session(url: string): Promise<string> {
  return JSON.parse((await (await fetch(polling(url))).text()).slice(1)).sid;
}

async function push(url: string, sid: string, body: string): Promise<number> {
  const response = await fetch(polling(url, sid), { method: 'POST', body });
  await response.text();
  return response.status;
}

async function pull(url: string, sid: string): Promise<string | number> {
  const response = await fetch(polling(url, sid));
  const body = await response.text();
  return response.status === 200 ? body : response.status;
}

const told = { ...heartbeat, maxPayload: maxHttpBufferSize };

/** The points that both suites have in common. */
function sharedPoints(url: () => string): void {
  test('polling: opens a session', async () => {
    const response = await fetch(polling(url()));
    const body = await response.text();
    expect([response.status, body[0]]).toEqual([200, '0']);
    expect(JSON.parse(body.slice(1))).toEqual({ sid: expect.any(String), upgrades: ['websocket'], ...told });
  });

  test.each([
    ['no EIO', 'transport=polling', 'GET'],
    ['another EIO', 'EIO=abc&transport=polling', 'GET'],
    ['no transport', 'EIO=4', 'GET'],
    ['another transport', 'EIO=4&transport=abc', 'GET'],
    ['POST', 'EIO=4&transport=polling', 'POST'],
    ['PUT', 'EIO=4&transport=polling', 'PUT'],
  ])('polling: a handshake with %s fails', async (_what, query, method) => {
    expect((await fetch(`${url()}/socket.io/?${query}`, { method })).status).toBe(400);
  });

  test('WebSocket: opens a session', async () => {
    const link = new Link(url(), websocket);
    const first = String(await link.next());
    expect(JSON.parse(first.slice(1))).toEqual({ sid: expect.any(String), upgrades: [], ...told });
    link.close();
  });

  test.each([
    ['no EIO', 'transport=websocket'],
    ['another EIO', 'EIO=abc&transport=websocket'],
    ['no transport', 'EIO=4'],
    ['another transport', 'EIO=4&transport=abc'],
  ])('WebSocket: a handshake with %s fails', async (_what, query) => {
    await new Link(url(), query).closed;
  });

  test('polling: pings are sent and pongs keep the session', async () => {
    const sid = await session(url());
    await push(url(), sid, '40');
    for (let round = 0; round < 3; round++) {
      let body = String(await pull(url(), sid));
      while (!body.split('\u001e').includes('2')) body = String(await pull(url(), sid));
      expect(await push(url(), sid, '3')).toBe(200);
    }
  });

  test('polling: a missed pong closes the session', async ({ expect }) => {
    const sid = await session(url());
    await expect.poll(() => pull(url(), sid), { interval: 100 }).toBe(400);
  });

  test('WebSocket: pings are sent and pongs keep the session', async () => {
    const link = await opened(url());
    link.send('40');
    for (let round = 0; round < 3; round++) {
      while ((await link.next()) !== '2');
      link.send('3');
    }
    link.close();
  });

  test('WebSocket: a missed pong closes the session', async () => {
    const link = await opened(url());
    await link.closed;
  });

  test('polling: a close packet ends the session, and the poll that waits', async () => {
    const sid = await session(url());
    const arrived = once(polls, sid);
    const waiting = pull(url(), sid);
    await arrived;
    expect(await push(url(), sid, '1')).toBe(200);
    expect(await waiting).toBe('6');
    expect(await pull(url(), sid)).toBe(400);
  });

  test('WebSocket: a close packet ends the session', async () => {
    const link = await opened(url());
    link.send('1');
    await link.closed;
  });

  test('upgrade: a session moves from polling to WebSocket', async () => {
    const { link } = await upgraded(url());
    link.close();
  });

  test('upgrade: afterwards the session is not polled', async () => {
    const { sid, link } = await upgraded(url());
    // What is asked by another connection may come before the upgrade.
    await expect.poll(() => pull(url(), sid)).toBe(400);
    link.close();
  });

  test('upgrade: afterwards there is no second WebSocket of it', async () => {
    const { sid, link } = await upgraded(url());
    const second = new Link(url(), `${websocket}&sid=${sid}`);
    await second.closed;
    link.send('3');
    link.close();
  });
}

async function upgraded(url: string): Promise<{ sid: string; link: Link }> {
  const sid = await session(url);
  const link = new Link(url, `${websocket}&sid=${sid}`);
  await new Promise<void>((resolve, reject) => {
    const poll = () => {
      try {
        link.send('2probe');
        resolve();
      } catch {
        setTimeout(poll, 5);
      }
    };
    void link.closed.then(() => reject(new Error('Expected an upgrade')));
    poll();
  });
  expect(await link.next()).toBe('3probe');
  link.send('5');
  return { sid, link };
}

describe.each(ways)('Engine.IO v4 %s', (way) => {
  let at = '';
  const url = () => at;
  beforeAll(async () => {
    at = await startEngine(way);
  });
  describe.concurrent('a client', () => {
    sharedPoints(url);

    test.each([
      ['one text', '4hello', '4hello'],
      ['several texts', '4one\u001e4two\u001e4three', '4one\u001e4two\u001e4three'],
      ['text and binary', '4hello\u001ebAQIDBA==', '4hello\u001ebAQIDBA=='],
    ])('polling: a payload of %s comes back', async (_what, sent, back) => {
      const sid = await session(url());
      expect(await push(url(), sid, sent)).toBe(200);
      expect(await pull(url(), sid)).toBe(back);
    });

    test('polling: an invalid packet ends the session', async () => {
      const sid = await session(url());
      await push(url(), sid, 'abc').catch(() => undefined);
      expect(await pull(url(), sid)).toBe(400);
    });

    test('polling: a second poll at the same time ends the session', async () => {
      const sid = await session(url());
      const polls = await Promise.all([pull(url(), sid), pull(url(), sid)].map((one) => one.catch(() => 400)));
      expect(polls).toContain(400);
      expect(await pull(url(), sid)).toBe(400);
    });

    test('polling: a poll that is cancelled ends the session', async ({ expect }) => {
      const sid = await session(url());
      const cancel = new AbortController();
      const waiting = fetch(polling(url(), sid), { signal: cancel.signal }).catch(() => undefined);
      setTimeout(() => cancel.abort(), 50);
      await waiting;
      await expect.poll(() => pull(url(), sid), { interval: 100 }).toBe(400);
    });

    test('WebSocket: a text comes back', async () => {
      const link = await opened(url());
      link.send('4hello');
      expect(await link.nextPacket()).toBe('4hello');
      link.close();
    });

    test('WebSocket: binary comes back', async () => {
      const link = await opened(url());
      link.send(new Uint8Array([1, 2, 3, 4]));
      expect(await link.nextPacket()).toEqual(Buffer.from([1, 2, 3, 4]));
      link.close();
    });

    test('WebSocket: an invalid packet ends the session', async () => {
      const link = await opened(url());
      link.send('abc');
      await link.closed;
    });
  });
});

describe.each(ways)('Socket.IO v5 %s', (way) => {
  let at = '';
  const url = () => at;
  beforeAll(async () => {
    at = await startSocket(way);
  });

  /** A link in the main namespace, whose first event has been taken. */
  async function connected(): Promise<Link> {
    const link = await opened(url());
    link.send('40');
    expect(await link.nextPacket()).toMatch(/^40\{"sid":/);
    expect(await link.nextPacket()).toBe('42["auth",{}]');
    return link;
  }

  describe.concurrent('a client', () => {
    sharedPoints(url);

    test.each([
      ['the main namespace', '40', /^40\{"sid":"[^"]+"/, '42["auth",{}]'],
      ['the main namespace with a payload', '40{"token":"123"}', /^40\{"sid":"[^"]+"/, '42["auth",{"token":"123"}]'],
      ['another namespace', '40/custom,', /^40\/custom,\{"sid":"[^"]+"/, '42/custom,["auth",{}]'],
      [
        'another namespace with a payload',
        '40/custom,{"token":"abc"}',
        /^40\/custom,\{"sid":"[^"]+"/,
        '42/custom,["auth",{"token":"abc"}]',
      ],
    ])('connects to %s', async (_what, packet, answer, event) => {
      const link = await opened(url());
      link.send(packet);
      expect(await link.nextPacket()).toMatch(answer);
      expect(await link.nextPacket()).toBe(event);
      link.close();
    });

    test('does not connect to a namespace that there is not', async () => {
      const link = await opened(url());
      link.send('40/random');
      expect(await link.nextPacket()).toBe('44/random,{"message":"Invalid namespace"}');
      link.close();
    });

    test('is closed where its first packet is none', async () => {
      const link = await opened(url());
      link.send('4abc');
      await link.closed;
    });

    test('is closed where it does not connect in time', async () => {
      const link = await opened(url());
      const timer = setInterval(() => link.send('3'), 100);
      await link.closed;
      clearInterval(timer);
    });

    test('disconnects from the main namespace, and the connection stays', async () => {
      const link = await connected();
      link.send('41');
      expect(await link.next()).toBe('2');
      link.close();
    });

    test('disconnects from another namespace, and stays in the main one', async () => {
      const link = await connected();
      link.send('40/custom,');
      expect(await link.nextPacket()).toMatch(/^40\/custom,/);
      expect(await link.nextPacket()).toBe('42/custom,["auth",{}]');
      link.send('41/custom,');
      link.send('42["message","still","here"]');
      expect(await link.nextPacket()).toBe('42["message-back","still","here"]');
      link.close();
    });

    test('sends and receives an event', async () => {
      const link = await connected();
      link.send('42["message",1,"2",{"3":[true]}]');
      expect(await link.nextPacket()).toBe('42["message-back",1,"2",{"3":[true]}]');
      link.close();
    });

    test('sends and receives an event with binary attachments', async () => {
      const link = await connected();
      link.send('452-["message",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]');
      for (const data of [
        [1, 2, 3],
        [4, 5, 6],
      ])
        link.send(new Uint8Array(data));
      expect(await link.nextPacket()).toBe(
        '452-["message-back",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]',
      );
      expect([await link.nextPacket(), await link.nextPacket()]).toEqual([
        Buffer.from([1, 2, 3]),
        Buffer.from([4, 5, 6]),
      ]);
      link.close();
    });

    test('is answered by an ack', async () => {
      const link = await connected();
      link.send('42456["message-with-ack",1,"2",{"3":[false]}]');
      expect(await link.nextPacket()).toBe('43456[1,"2",{"3":[false]}]');
      link.close();
    });

    test('is answered by an ack with binary attachments', async () => {
      const link = await connected();
      link.send('452-789["message-with-ack",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]');
      for (const data of [
        [1, 2, 3],
        [4, 5, 6],
      ])
        link.send(new Uint8Array(data));
      expect(await link.nextPacket()).toBe('462-789[{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]');
      expect([await link.nextPacket(), await link.nextPacket()]).toEqual([
        Buffer.from([1, 2, 3]),
        Buffer.from([4, 5, 6]),
      ]);
      link.close();
    });

    test.each([
      ['an unknown packet type', '4abc'],
      ['a payload that is none', '42{}'],
      ['an ack id that is none', '42abc["message-with-ack",1,"2"]'],
    ])('is closed upon %s', async (_what, packet) => {
      const link = await connected();
      link.send(packet);
      await link.closed;
    });
  });
});
