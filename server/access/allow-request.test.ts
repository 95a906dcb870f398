import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask, client, get, next, startServer, upgrade } from '../../test/support/test-client.ts';
import { type ChatServer, createChatServer } from '../chat-server.ts';
import { noRefusals } from '../refusals.ts';
import type { Vitals } from '../vitals/vitals.ts';

let server: ChatServer;
beforeAll(async () => {
  const options = { origins: ['https://chat.example.com'], vitalsToken: 'open sesame' };
  server = await createChatServer({ port: 0, page: false, ...options });
});
afterAll(() => server.close());

/** Headers of a handshake, given the server's own host and port, and why they are refused. */
const handshakes: [string, (host: string) => Record<string, string>, 'origin' | 'host' | 'welcome'][] = [
  ['no Origin, as bots', () => ({}), 'welcome'],
  ["the page's own Origin", (host) => ({ origin: `http://${host}` }), 'welcome'],
  ['an Origin on the list', () => ({ origin: 'https://chat.example.com' }), 'welcome'],
  ['the Host of an Origin on the list', () => ({ host: 'chat.example.com' }), 'welcome'],
  ['localhost', (host) => ({ host: host.replace('127.0.0.1', 'localhost') }), 'welcome'],
  ['IPv6 loopback', () => ({ host: '[::1]:3000', origin: 'http://[::1]:3000' }), 'welcome'],
  ['another Origin', () => ({ origin: 'https://evil.example' }), 'origin'],
  ['the same host on another port', () => ({ origin: 'http://127.0.0.1:1' }), 'origin'],
  ['the Origin of a sandboxed frame', () => ({ origin: 'null' }), 'origin'],
  [
    'an Origin that only begins like one on the list',
    () => ({ origin: 'https://chat.example.com.evil.example' }),
    'origin',
  ],
  ['an <img> on another site', () => ({ 'sec-fetch-site': 'cross-site' }), 'origin'],
  ['a rebound name', () => ({ host: 'evil.example', origin: 'http://evil.example' }), 'host'],
  ['a name that begins like loopback', () => ({ host: '127.0.0.1.evil.example' }), 'host'],
  ['a Host that is none', () => ({ host: 'a b' }), 'host'],
];

test.each(handshakes)('polling with %s', async (_what, headers, outcome) => {
  const { url } = server;
  const { status, body } = await get(`${url}/socket.io/?EIO=4&transport=polling`, headers(new URL(url).host));
  expect(status).toBe(outcome === 'welcome' ? 200 : 403);
  expect(body).toContain(outcome === 'welcome' ? '"sid"' : `Refused: ${outcome}`);
});

test.each(handshakes)('WebSocket with %s', async (_what, headers, outcome) => {
  const { url } = server;
  const answer = await upgrade(url, headers(new URL(url).host));
  expect(typeof answer === 'number' ? answer : 'welcome').toBe(outcome === 'welcome' ? 'welcome' : 400);
});

test('health says ok, and nobody says what serves it', async () => {
  const { url } = await startServer();
  const { status, headers, body } = await get(`${url}/health`);
  expect([status, body]).toEqual([200, '{"ok":true}']);
  expect(headers['x-powered-by']).toBeUndefined();
  expect(headers['x-content-type-options']).toBe('nosniff');
});

test('the client library is served', async () => {
  const { url } = await startServer();
  const { status, body } = await get(`${url}/socket.io/socket.io.js`);
  expect(status).toBe(200);
  expect(body).toContain('Socket.IO');
});

test.each([
  ['from this machine', {}, 200],
  ['through a proxy', { 'x-forwarded-for': '203.0.113.9' }, 403],
  ['through a proxy that says Forwarded', { forwarded: 'for=203.0.113.9' }, 403],
  ['through a proxy that says Via', { via: '1.1 proxy' }, 403],
  ...[
    'X-Forwarded-Host',
    'X-Forwarded-Proto',
    'X-Forwarded-Anything',
    'X-Real-IP',
    'X-Client-IP',
    'True-Client-IP',
    'CF-Connecting-IP',
  ].map((name): [string, object, number] => [`through a proxy that says ${name}`, { [name]: '127.0.0.1' }, 403]),
  ['through a proxy with the token', { 'x-forwarded-for': '203.0.113.9', authorization: 'Bearer open sesame' }, 200],
  ['through a proxy with another token', { via: '1.1 proxy', authorization: 'Bearer open says me' }, 403],
  ['through a proxy with an empty token', { via: '1.1 proxy', authorization: 'Bearer ' }, 403],
  ['under a rebound name', { host: 'evil.example' }, 403],
])('vitals and metrics %s', async (_what, headers, status) => {
  const { url } = server;
  for (const path of ['/vitals', '/metrics']) {
    expect((await get(`${url}${path}`, headers as Record<string, string>)).status).toBe(status);
  }
});

test('the metrics are in the format of Prometheus', async () => {
  const { url } = await startServer();
  await ask(client(url), 'chat message', 'hello');
  await get(`${url}/vitals`, { via: '1.1 proxy' });
  const { headers, body } = await get(`${url}/metrics`);
  expect(headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
  expect(body).toMatch(/^chatstorm_messages_total\{.*\} 1$/m);
  expect(body).toMatch(/^chatstorm_refusals_total\{reason="vitals",.*\} 1$/m);
});

test('of two Hosts none is taken', async () => {
  const { url } = await startServer();
  const { host, hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port) });
  socket.end(`GET /health HTTP/1.1\r\nHost: ${host}\r\nHost: evil.example\r\nConnection: close\r\n\r\n`);
  expect(Buffer.concat(await socket.toArray()).toString()).toMatch(/^HTTP\/1.1 40[03] /);
});

test('without a token nobody bears one', async () => {
  const { url } = await startServer();
  expect((await get(`${url}/vitals`, { via: '1.1 proxy', authorization: 'Bearer ' })).status).toBe(403);
});

test('vitals tell clients by transport, refusals and how the process is', async () => {
  const { url } = await startServer();
  await Promise.all([next(client(url), 'connect'), next(client(url, 'polling'), 'connect')]);
  await get(`${url}/socket.io/?EIO=4&transport=polling`, { origin: 'https://evil.example' });
  const vitals = async () => JSON.parse((await get(`${url}/vitals`)).body) as Vitals;
  await expect.poll(async () => (await vitals()).clients).toBe(2);
  expect(await vitals()).toEqual({
    node: expect.stringContaining('-'),
    at: expect.any(Number),
    uptimeSeconds: expect.any(Number),
    heapUsedBytes: expect.any(Number),
    rssBytes: expect.any(Number),
    gcPauseMs: expect.any(Number),
    eventLoopDelay: { p99Ms: expect.any(Number), maxMs: expect.any(Number) },
    clients: 2,
    transports: { polling: 1, websocket: 1 },
    bufferedBytes: expect.any(Number),
    bufferedPackets: expect.any(Number),
    rooms: 0,
    messages: 0,
    evicted: 0,
    failures: {},
    refusals: { ...noRefusals(), origin: 1 },
    connectionErrors: { FORBIDDEN: 1 },
  });
});
