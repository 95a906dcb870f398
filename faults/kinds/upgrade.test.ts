import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { io, type ManagerOptions, type Socket } from 'socket.io-client';
import { describe, expect, onTestFinished, test } from 'vitest';
import { proxied, proxyTo } from '../../test/support/proxy-ends.ts';
import type { FaultProxy } from '../proxy/fault-proxy.ts';
import type { FaultInput } from '../registry.ts';

const blocked: readonly FaultInput[] = [
  { kind: 'upgrade-refused', status: 400 },
  { kind: 'upgrade-refused', status: 403 },
  { kind: 'upgrade-refused', status: 502 },
  { kind: 'upgrade-stripped' },
  { kind: 'upgrade-swallowed' },
  { kind: 'websocket-cut', when: 'first-frame' },
  { kind: 'websocket-cut', when: 'first-frame', ending: 'fin' },
];

test('an untouched client upgrades, and its bytes are told apart', async () => {
  const proxy = await chat();
  const client = talk(proxy);
  await upgraded(client);
  await client.emitWithAck('say', 'x'.repeat(5000));
  const { transports, bytes } = proxy.stats();
  expect(transports.websocket.up).toBeGreaterThan(5000);
  expect(transports.websocket.down).toBeGreaterThan(5000);
  expect(transports.polling.up).toBeGreaterThan(0);
  expect(bytes.up).toBe(transports.polling.up + transports.websocket.up);
});

describe.each(blocked)('%j', (fault) => {
  test('polling first stays on polling, and talks', async () => {
    const proxy = await chat();
    proxy.set(fault);
    const client = talk(proxy);
    const failed = happens(client.io.engine, 'upgradeError');
    await happens(client, 'connect');
    await (fault.kind === 'upgrade-swallowed' ? asked(proxy) : failed);
    for (let i = 0; i < 5; i++) expect(await client.emitWithAck('say', `hello ${i}`)).toBe(`hello ${i}`);
    expect(client.io.engine.transport.name).toBe('polling');
  });

  test('WebSocket only fails, and succeeds once the fault is off', async () => {
    const proxy = await chat();
    const { off } = proxy.set(fault);
    const client = talk(proxy, { transports: ['websocket'], timeout: 200, reconnectionDelay: 10 });
    await happens(client.io, 'reconnect_attempt');
    expect(client.connected).toBe(false);
    off();
    await happens(client, 'connect');
    expect(await client.emitWithAck('say', 'hello')).toBe('hello');
  });
});

test.each(['fin', 'rst'] as const)('an open WebSocket is cut at its next frame, by %s', async (ending) => {
  const proxy = await chat();
  const client = talk(proxy);
  await upgraded(client);
  proxy.set({ kind: 'websocket-cut', when: 'first-frame', ending });
  const over = happens(client, 'disconnect');
  client.emit('say', 'last words');
  expect(await over).toMatch(/^transport/);
});

test('an idle WebSocket is cut, a polling client is not', async () => {
  const proxy = await chat();
  const poller = talk(proxy, { transports: ['polling'] });
  const client = talk(proxy, { transports: ['websocket'], reconnection: false });
  const over = happens(client, 'disconnect');
  await Promise.all([happens(client, 'connect'), happens(poller, 'connect')]);
  const idleFrom = performance.now();
  proxy.set({ kind: 'websocket-cut', when: 'idle', idle: 100 });
  await over;
  expect(performance.now() - idleFrom).toBeGreaterThanOrEqual(99);
  expect(poller.connected).toBe(true);
});

test('faults switched on in mid-stream take hold of an open WebSocket', async () => {
  const proxy = await chat();
  const client = talk(proxy);
  await upgraded(client);
  const { off } = proxy.set({ kind: 'latency', delay: 50 });
  proxy.set({ kind: 'slicer', size: 3 });
  const askedAt = performance.now();
  expect(await client.emitWithAck('say', 'hello')).toBe('hello');
  expect(performance.now() - askedAt).toBeGreaterThanOrEqual(99);
  off();
  expect(await client.emitWithAck('say', 'again')).toBe('again');
  proxy.set({ kind: 'reset' });
  expect(await happens(client, 'disconnect')).toMatch(/^transport/);
});

test('an upgrade whose head comes in slices is refused as well', async () => {
  const proxy = await chat();
  proxy.set({ kind: 'slicer', size: 5 });
  proxy.set({ kind: 'upgrade-refused' });
  const client = talk(proxy);
  const failed = happens(client.io.engine, 'upgradeError');
  await happens(client, 'connect');
  await failed;
  expect(await client.emitWithAck('say', 'hello')).toBe('hello');
});

test('of a refused upgrade the target hears nothing, however its head is split', async () => {
  const { proxy, open } = await proxied();
  const { client, target } = await open();
  proxy.set({ kind: 'slicer', size: 7, direction: 'up' });
  proxy.set({ kind: 'upgrade-refused', status: 502 });
  client.socket.write('GET / HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nafter');
  await Promise.all([client.over, target.over]);
  expect(client.text).toMatch(/^HTTP\/1\.1 502 Bad Gateway\r\n/);
  expect(target.text).toBe('');
});

async function chat(): Promise<FaultProxy> {
  const http = createServer();
  const server = new Server(http, { serveClient: false });
  server.on('connection', (socket) => {
    socket.on('say', (text: string, ack: (text: string) => void) => ack?.(text));
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  onTestFinished(() => void server.close());
  return (await proxyTo((http.address() as AddressInfo).port)).proxy;
}

function talk(proxy: FaultProxy, options: Partial<ManagerOptions> = {}): Socket {
  const client = io(proxy.url, { forceNew: true, ...options });
  onTestFinished(() => void client.disconnect());
  return client;
}

/** Unlike Node's `once`, does not take an `error` for its own. Resolves to the event's first argument. */
function happens(emitter: { once(event: string, listener: (value?: unknown) => void): unknown }, event: string) {
  return new Promise<unknown>((resolve) => void emitter.once(event, resolve));
}

async function upgraded(client: Socket): Promise<void> {
  const upgrade = happens(client.io.engine, 'upgrade');
  await happens(client, 'connect');
  if (client.io.engine.transport.name !== 'websocket') await upgrade;
}

/** Until the client has opened a second connection: its upgrade is under way. */
async function asked(proxy: FaultProxy): Promise<void> {
  while (proxy.stats().connections.total < 2) await new Promise((resolve) => setTimeout(resolve, 5));
}
