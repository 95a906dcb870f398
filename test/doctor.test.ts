/** Every finding against a server that has the fault, and the dialects that are found out. */

import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server as HttpServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Server, type ServerOptions, type Socket } from 'socket.io';
import { afterAll, describe, expect, test } from 'vitest';
import { plain } from '../bots/dialect/built-in.ts';
import { type DialectInput, dialectSchema } from '../bots/dialect/dialect.ts';
import { discover } from '../doctor/discover.ts';
import { examine } from '../doctor/examine.ts';
import { cleanUp, Running, temporaryFolder } from './support/chatstorm.ts';
import { selfSigned } from './support/self-signed.ts';

const closing: (() => unknown)[] = [];
afterAll(async () => {
  for (const close of closing) await close();
  cleanUp();
});

async function listening(http: HttpServer, protocol = 'http'): Promise<string> {
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  closing.push(() => http.close());
  return `${protocol}://127.0.0.1:${(http.address() as AddressInfo).port}`;
}

async function chat(
  options: Partial<ServerOptions> = {},
  welcome?: (socket: Socket, io: Server) => void,
): Promise<string> {
  const http = createServer();
  const io = new Server(http, options);
  closing.push(() => io.close());
  if (welcome) io.on('connection', (socket) => welcome(socket, io));
  return listening(http);
}

const answering = (handle: RequestListener) => listening(createServer(handle));

async function examined(address: string, dialect: Partial<DialectInput> = {}) {
  const patient = {
    target: new URL(address),
    dialect: { ...plain, ...dialectSchema.parse({ ...plain, ...dialect }) },
    secrets: [],
  };
  const { diagnoses, isOpen } = await examine(patient, () => {});
  return {
    isOpen,
    ids: diagnoses.map(({ id }) => id),
    diagnoses,
    about: (id: string) => diagnoses.find((one) => one.id === id),
  };
}

describe.concurrent('what lets nobody in', () => {
  test('nothing listens', async () => {
    const { isOpen, about } = await examined('http://127.0.0.1:9');
    expect(isOpen).toBe(false);
    expect(about('unreachable')?.seen).toContain('ECONNREFUSED');
  });

  test.each([
    ['not Socket.IO', 404, 'not-socket-io'],
    ['a proxy that wants credentials', 401, 'http-refused'],
    ['a limit of connections', 429, 'http-busy'],
    ['a proxy without a server behind it', 502, 'http-busy'],
  ])('%s (HTTP %i)', async (_, status, id) => {
    const url = await answering((_request, response) => response.writeHead(status).end('<html>'));
    const { isOpen, about } = await examined(url);
    expect(isOpen).toBe(false);
    expect(about(id)?.seen).toContain(`HTTP ${status}`);
    expect(about(id)?.remedy).not.toContain('is running');
  });

  test('Socket.IO 2', async () => {
    const { default: createOld } = await import('socket.io-2');
    const http = createServer();
    const io = createOld(http);
    closing.push(() => io.close());
    const { isOpen, about } = await examined(await listening(http));
    expect(isOpen).toBe(false);
    expect(about('socket-io-2')?.seen).toContain(
      'speaks Engine.IO 3 (Socket.IO 2 or older); chatstorm speaks Engine.IO 4',
    );
  });

  test('a middleware that refuses', async () => {
    const http = createServer();
    const io = new Server(http);
    closing.push(() => io.close());
    io.use((_socket, next) => next(new Error('jwt missing')));
    const { isOpen, about } = await examined(await listening(http));
    expect(isOpen).toBe(false);
    expect(about('auth-refused')?.seen).toContain('«jwt missing»');
  });

  test('allowRequest that refuses', async () => {
    const url = await chat({ allowRequest: (_request, decide) => decide('no key', false) });
    expect((await examined(url)).ids).toContain('forbidden');
  });

  test('a login that fails', async () => {
    const url = await answering((_request, response) => response.writeHead(401).end());
    const { isOpen, about } = await examined(url, { login: { path: '/login' } });
    expect(isOpen).toBe(false);
    expect(about('login-failed')?.seen).toContain('login: HTTP 401');
  });

  test('TLS where there is none, and none where there is TLS', async () => {
    const url = await chat();
    expect((await examined(url.replace('http:', 'https:'))).ids).toContain('no-tls');
    const secure = await listening(createTlsServer(selfSigned()), 'https');
    expect((await examined(secure.replace('https:', 'http:'))).ids).toContain('tls-wanted');
  });

  test('a certificate that is not trusted, until it is', async () => {
    const { key, cert } = selfSigned();
    const https = createTlsServer({ key, cert });
    const io = new Server(https);
    closing.push(() => io.close());
    const url = await listening(https, 'https');
    expect((await examined(url)).ids).toContain('certificate');
    expect((await examined(url, { tls: { insecure: true } })).isOpen).toBe(true);
  });
});

describe.concurrent('what is found out on the way in', () => {
  test('another path', async () => {
    const { isOpen, about } = await examined(await chat({ path: '/ws/' }));
    expect(isOpen).toBe(true);
    expect(about('not-socket-io')?.dialect).toEqual({ path: '/ws/' });
  }, 120_000);

  test('another namespace', async () => {
    const http = createServer();
    const io = new Server(http);
    closing.push(() => io.close());
    io.of('/chat');
    const { isOpen, about } = await examined(await listening(http), { namespace: '/rooms' });
    expect(isOpen).toBe(true);
    expect(about('namespace-unknown')?.dialect).toEqual({ namespace: '/chat' });
  });

  test('WebSocket only', async () => {
    const { isOpen, about, ids } = await examined(await chat({ transports: ['websocket'] }));
    expect(isOpen).toBe(true);
    expect(about('polling-refused')?.dialect).toEqual({ transports: ['websocket'] });
    expect(ids).toContain('websocket-only');
  });

  test('polling only', async () => {
    const { isOpen, about } = await examined(await chat({ transports: ['polling'] }));
    expect(isOpen).toBe(true);
    expect(about('no-websocket')?.dialect).toEqual({ transports: ['polling'] });
  });

  test('no upgrade', async () => {
    expect((await examined(await chat({ allowUpgrades: false }))).ids).toContain('no-upgrade');
  });

  test('an Origin that is wanted', async () => {
    const url = await chat({ allowRequest: ({ headers }, decide) => decide(null, headers.origin !== undefined) });
    const { isOpen, about } = await examined(url);
    expect(isOpen).toBe(true);
    expect(about('origin-wanted')?.dialect).toEqual({ headers: { Origin: url } });
  });

  test.each<[string, Partial<ServerOptions>]>([
    ['origin-any', { cors: { origin: '*' } }],
    ['origin-unchecked', {}],
    ['origin-checked', { allowRequest: ({ headers }, decide) => decide(null, !headers.origin?.includes('invalid')) }],
  ])('%s', async (id, options) => {
    expect((await examined(await chat(options))).ids).toContain(id);
  });

  test.each<[string, Partial<ServerOptions>]>([
    ['heartbeat', { pingInterval: 5000, pingTimeout: 5000 }],
    ['slow-heartbeat', {}],
    ['recovery', { connectionStateRecovery: {} }],
    ['no-recovery', {}],
    ['max-payload', { maxHttpBufferSize: 1234 }],
  ])('%s', async (id, options) => {
    const { about } = await examined(await chat(options));
    expect(about(id)?.severity).toBeDefined();
    if (id === 'max-payload') expect(about(id)?.seen).toContain('1,234 bytes');
  });

  test.each([
    ['without stickiness', false, 'not-sticky', { transports: ['websocket'] }],
    ['sticky by cookie', true, 'sticky-by-cookie', { cookies: true }],
  ])('two nodes %s', async (_, isSticky, id, lines) => {
    const { about, isOpen } = await examined(await twoNodes(isSticky));
    expect(about(id)?.dialect).toEqual(lines);
    expect(isOpen).toBe(true);
  });

  test('a clock that is off', async () => {
    const http = createServer();
    const io = new Server(http);
    io.engine.on('headers', (headers: Record<string, string>) => {
      headers.date = new Date(Date.now() - 3_600_000).toUTCString();
    });
    closing.push(() => io.close());
    const { about } = await examined(await listening(http));
    expect(about('clock-off')?.seen).toMatch(/3600 s behind|3599 s behind|3601 s behind/);
  });

  test.each([
    ['ack-time', true],
    ['no-ack', false],
  ])('%s', async (id, isAnswered) => {
    const url = await chat({}, (socket) => socket.on('say', (_text, done) => isAnswered && done({ ok: true })));
    const send = { emit: 'say', args: ['{text}'], ack: true };
    expect((await examined(url, { send })).ids).toContain(id);
  });

  test('one node, an upgrade, the times that it takes, and this machine', async () => {
    const { ids } = await examined(await chat());
    const expected = ['both-transports', 'upgrade', 'sessions-found', 'connect-time', 'descriptors', 'ports', 'cpus'];
    expect(ids).toEqual(expect.arrayContaining(expected));
  });
});

/** Two nodes that know nothing of each other, behind a balancer that takes turns, unless a cookie says which. */
async function twoNodes(isSticky: boolean): Promise<string> {
  const nodes = [0, 1].map((node) => {
    const http = createServer();
    const io = new Server(http);
    closing.push(() => io.close());
    if (isSticky)
      io.engine.on('initial_headers', (headers: Record<string, string>) => {
        headers['set-cookie'] = `node=${node}`;
      });
    return http;
  });
  let turn = 0;
  const nodeOf = (cookie = '') => nodes[Number(/node=(\d)/.exec(cookie)?.[1] ?? turn++) % 2]!;
  const balancer = createServer((request, response) =>
    nodeOf(request.headers.cookie).emit('request', request, response),
  );
  balancer.on('upgrade', (request, ...rest) => nodeOf(request.headers.cookie).emit('upgrade', request, ...rest));
  return listening(balancer);
}

describe.concurrent('a dialect that is found out', () => {
  const find = async (address: string) => discover({ target: new URL(address), dialect: plain, secrets: [] }, () => {});

  test('of the plainest chat', async () => {
    const url = await chat({}, (socket, io) => socket.on('chat message', (text) => io.emit('chat message', text)));
    expect(await find(url)).toMatchObject({
      how: 'spoken',
      dialect: {
        send: { emit: 'chat message', args: ['{text}'], ack: false },
        hear: { event: 'chat message', text: '0' },
      },
    });
  });

  test("of Socket.IO's chat example: a name first, and no echo", async () => {
    const url = await chat({}, (socket) => {
      let username: string | undefined;
      socket.on('add user', (name) => {
        username = name;
        socket.emit('login', { numUsers: 1 });
        socket.broadcast.emit('user joined', { username, numUsers: 1 });
      });
      socket.on('new message', (message) => {
        if (username) socket.broadcast.emit('new message', { username, message });
      });
    });
    expect(await find(url)).toMatchObject({
      how: 'spoken',
      dialect: {
        join: { emit: 'add user', args: ['{name}'], confirm: { event: 'login' } },
        send: { emit: 'new message', args: ['{text}'] },
        hear: { event: 'new message', text: '0.message' },
        echo: false,
      },
    });
  });

  test('of rooms with acks, and it works', async () => {
    const url = await chat({}, (socket, io) => {
      socket.on('join', (room, done) => {
        if (typeof room !== 'string' || typeof done !== 'function') return;
        socket.join(room);
        done({ ok: true });
      });
      socket.on('message', (message, done) => {
        const { room, text } = Object(message) as { room?: string; text?: string };
        if (typeof room !== 'string' || !socket.rooms.has(room) || typeof done !== 'function') return;
        io.to(room).emit('message', { text });
        done({ ok: true });
      });
    });
    const file = join(temporaryFolder(), 'chat.yml');
    const run = new Running(['doctor', url, '--write', file], file);
    expect(await run.ended, run.output).toBe(0);
    const written = readFileSync(file, 'utf8');
    expect(written).toContain('confirm: ack');
    expect(written).toMatch(/join:\n {2}emit: join\n/);
    const out = join(temporaryFolder(), 'run');
    const measured = new Running(
      ['load', 'broadcast', '--quick', '--no-crowd', '--rooms', '2', '--target', url, '--dialect', file, '--out', out],
      out,
    );
    await measured.ended;
    expect(measured.record().metrics['delivery.expected']).toMatchObject({ value: expect.any(Number) });
    expect(measured.record().verdict.thresholds.filter(({ outcome }) => outcome === 'fail')).toEqual([]);
  }, 90_000);

  test('of a server that only speaks', async () => {
    let n = 0;
    const url = await chat({}, (socket) => {
      const timer = setInterval(() => socket.emit('tick', { id: n++, at: Date.now() }), 200);
      socket.on('disconnect', () => clearInterval(timer));
    });
    expect(await find(url)).toEqual({
      how: 'heard',
      dialect: { send: 'none', hear: { event: 'tick', key: '0.id', sentAt: '0.at' } },
    });
  }, 120_000);

  test('not of a server that one message ends: that is said', async () => {
    const url = await chat({}, (socket, io) => {
      socket.on('message', (message: unknown) => typeof message === 'string' && io.close());
    });
    const found = await find(url);
    expect(found).toMatchObject({ how: 'died', last: expect.stringContaining('messages of several forms') });
  }, 120_000);
});
