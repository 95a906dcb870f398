import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { Server } from 'socket.io';
import { expect, onTestFinished, test } from 'vitest';
import type { LinkChange, Reply } from '../chat-socket.ts';
import { plain } from '../dialect/built-in.ts';
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
  connection.on('word', (word) => heard.push(word));
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
