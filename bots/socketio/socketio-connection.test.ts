import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { Server } from 'socket.io';
import { expect, onTestFinished, test } from 'vitest';
import type { LinkChange, Reply } from '../chat-socket.ts';
import { plain, plainSpeech } from '../dialect/built-in.ts';
import { dialectSchema } from '../dialect/dialect.ts';
import { connectorOf } from './socketio-connection.ts';

/** A server on a free port with long heartbeats, a connection to it, and what happened to the connection's link. */
async function connected(transports: readonly ('polling' | 'websocket')[]) {
  const http = createServer();
  const io = new Server(http, { pingInterval: 60_000, pingTimeout: 60_000 });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const endpoint = { url: `http://127.0.0.1:${(http.address() as AddressInfo).port}` };
  const connection = (await connectorOf(plain, endpoint.url))(0, endpoint, { transports });
  const changes: LinkChange[] = [];
  connection.watch((change) => changes.push(change));
  onTestFinished(() => {
    connection.close();
    return io.close();
  });
  return { http, io, connection, changes, kinds: () => changes.map(({ kind }) => kind) };
}

test('over polling, a reset of the connection that a poll waits on is noticed at once', async () => {
  const { http, io, connection, changes } = await connected(['polling']);
  const sockets = new Set<Socket>();
  http.on('connection', (socket: Socket) => sockets.add(socket));
  let [polls, waiting] = [0, 0];
  http.on('request', ({ method }, response) => {
    if (method !== 'GET') return;
    polls++;
    waiting++;
    response.once('close', () => waiting--);
  });
  const heard: unknown[] = [];
  connection.on('word', ([word]) => heard.push(word));
  connection.connect();
  await expect.poll(() => connection.isConnected).toBe(true);
  // Each word ends a poll, and the next one begins on a connection that was kept.
  for (const word of ['one', 'two', 'three']) {
    io.emit('word', word);
    await expect.poll(() => heard.at(-1)).toBe(word);
  }
  await expect.poll(() => waiting).toBe(1);
  expect(sockets.size).toBeLessThan(polls);
  for (const socket of sockets) socket.resetAndDestroy();
  await expect
    .poll(() => changes.find(({ kind }) => kind === 'disconnected'))
    .toEqual({ kind: 'disconnected', reason: 'transport error', byClient: false });
});

test('tells each step of a link, and its transport', async () => {
  const { connection, kinds } = await connected(['polling', 'websocket']);
  expect(connection.transport).toBe('unknown');
  connection.connect();
  await expect.poll(kinds).toContain('upgraded');
  expect(kinds().filter((kind) => kind !== 'upgraded')).toEqual(['connecting', 'opened', 'connected']);
  expect(connection.transport).toBe('websocket');
  connection.disconnect();
  expect(kinds().at(-1)).toBe('disconnected');
  expect(connection.transport).toBe('websocket');
});

test('a request ends acknowledged, timed out, or cut off with its link', async () => {
  const { io, connection } = await connected(['websocket']);
  io.on('connection', (socket) => socket.on('ask', (word, ack) => word === 'yes' && ack('well')));
  connection.connect();
  const request = (word: string, timeoutMs: number) =>
    new Promise<Reply>((resolve) => connection.request('ask', [word], { timeoutMs }, resolve));
  expect(await request('yes', 10_000)).toEqual({ outcome: 'acked', args: ['well'] });
  expect(await request('silence', 20)).toEqual({ outcome: 'timeout' });
  const cut = request('silence', 10_000);
  io.disconnectSockets(true);
  expect(await cut).toEqual({ outcome: 'cut' });
  // One that waits for the next link, and is not sent in time, was not cut off.
  expect(await request('later', 20)).toEqual({ outcome: 'timeout' });
});

test('a target that says no is told from one that does not answer', async () => {
  const { io, connection, changes } = await connected(['polling']);
  io.use((_socket, next) => next(new Error('who are you?')));
  connection.connect();
  await expect
    .poll(() => changes.find(({ kind }) => kind === 'connectFailed'))
    .toEqual({ kind: 'connectFailed', reason: 'who are you?', answered: true });
  const url = 'http://127.0.0.1:9';
  const nowhere = (await connectorOf(plain, url))(0, { url });
  onTestFinished(() => nowhere.close());
  const failed = new Promise<LinkChange>((resolve) =>
    nowhere.watch((change) => change.kind === 'connectFailed' && resolve(change)),
  );
  nowhere.connect();
  expect(await failed).toMatchObject({ reason: expect.stringContaining('ECONNREFUSED'), answered: false });
});

test('what the target said of a user goes into `auth` when it connects again', async () => {
  const { io, url } = await serverWithAuths();
  const dialect = dialectSchema.parse({ ...plainSpeech, auth: { name: '{name}', session: '{session}' } });
  const connection = (await connectorOf(dialect, url))(1, { url });
  onTestFinished(() => connection.close());
  const auths: unknown[] = [];
  io.on('connection', (socket) => auths.push(socket.handshake.auth));
  connection.connect();
  await expect.poll(() => auths).toEqual([{ name: 'Bruno' }]);
  await expect.poll(() => connection.isConnected).toBe(true);
  connection.learn('session', 's1');
  expect(connection.redact('no session s1 or Bruno')).toBe('no session s1 or Bruno');
  connection.learn('session', 'session-1');
  expect(connection.redact('no session-1')).toBe('no ***');
  connection.disconnect();
  connection.connect();
  await expect.poll(() => auths.at(-1)).toEqual({ name: 'Bruno', session: 'session-1' });
});

test('cookies are sent back with every request and with the upgrade, also by the next session', async () => {
  const { io, http, url } = await serverWithAuths();
  let given = 0;
  io.engine.on('initial_headers', (headers: Record<string, string>) => {
    headers['set-cookie'] = `node=${++given}; Path=/`;
  });
  const seen: (string | undefined)[] = [];
  http.prependListener('request', ({ headers }) => seen.push(headers.cookie));
  http.prependListener('upgrade', ({ headers }) => seen.push(`upgrade ${headers.cookie}`));
  const dialect = dialectSchema.parse({ ...plainSpeech, cookies: true });
  const connection = (await connectorOf(dialect, url))(0, { url });
  onTestFinished(() => connection.close());
  const changes: string[] = [];
  connection.watch(({ kind }) => changes.push(kind));
  connection.connect();
  await expect.poll(() => changes).toContain('upgraded');
  expect(seen[0]).toBeUndefined();
  expect(seen.slice(1).every((cookie) => cookie?.endsWith('node=1'))).toBe(true);
  expect(seen).toContain('upgrade node=1');
  const before = seen.length;
  connection.disconnect();
  connection.connect();
  await expect.poll(() => seen.length).toBeGreaterThan(before);
  expect(seen[before]).toBe('node=1');
});

async function serverWithAuths() {
  const http = createServer();
  const io = new Server(http);
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  onTestFinished(() => io.close());
  return { io, http, url: `http://127.0.0.1:${(http.address() as AddressInfo).port}` };
}
