import { createHook } from 'node:async_hooks';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { finished } from 'node:stream/promises';
import { expect, onTestFinished, test } from 'vitest';
import { randomOf } from '../../base/random.ts';
import { allArrived, dial, End, proxied, proxyTo } from '../../test/support/proxy-ends.ts';

const MB = 1_000_000;

test('200 MB pass both ways at once, unharmed', async () => {
  const { open } = await proxied();
  const { client, target } = await open();
  client.socket.removeAllListeners('data');
  target.socket.removeAllListeners('data');
  const block = Buffer.from(Uint8Array.from({ length: MB }, (_, i) => (i * 2654435761) >>> 13));
  const expected = createHash('sha1');
  for (let i = 0; i < 200; i++) expected.update(block);
  const digest = expected.digest('hex');
  const [atTarget, atClient] = await Promise.all(
    [
      [client, target],
      [target, client],
    ].map(async ([from, to]) => {
      const heard = createHash('sha1');
      to!.socket.on('data', (data) => heard.update(data));
      for (let i = 0; i < 200; i++) if (!from!.socket.write(block)) await once(from!.socket, 'drain');
      from!.socket.end();
      await to!.over;
      return heard.digest('hex');
    }),
  );
  expect(atTarget).toBe(digest);
  expect(atClient).toBe(digest);
});

test.each([1, 2, 3, 7, 1000, 65_536])(
  '2 MB pass in slices of %i bytes, unharmed',
  { timeout: 60_000 },
  async (size) => {
    const { proxy, open } = await proxied();
    const { client, target } = await open();
    target.socket.removeAllListeners('data');
    proxy.set({ kind: 'slicer', size, direction: 'up' });
    const random = randomOf('slices', size);
    const sent = Buffer.from(Uint8Array.from({ length: 2 * MB }, () => random() * 256));
    const heard = createHash('sha1');
    target.socket.on('data', (data) => heard.update(data));
    client.socket.end(sent);
    await target.over;
    expect(heard.digest('hex')).toBe(createHash('sha1').update(sent).digest('hex'));
  },
);

test('a slow reader holds back the writer', async () => {
  const { proxy, open } = await proxied();
  const { client, target } = await open();
  target.socket.pause();
  let written = 0;
  const block = Buffer.alloc(MB);
  while (written < 200 && client.socket.write(block)) written++;
  while (!client.socket.writableNeedDrain && written++ < 200) client.socket.write(block);
  for (let i = 0; i < 100; i++) client.socket.write(block);
  await allArrived(500);
  expect(proxy.stats().bytes.up).toBeLessThan(50 * MB);
});

test('what a blackhole holds back is bounded', async () => {
  const { proxy, open } = await proxied();
  const { client } = await open();
  proxy.set({ kind: 'blackhole' });
  for (let i = 0; i < 50; i++) client.socket.write(Buffer.alloc(MB));
  await expect.poll(() => proxy.stats().bytes.up).toBeGreaterThan(4 * MB);
  await allArrived(500);
  expect(proxy.stats().bytes.up).toBeLessThan(6 * MB);
});

test('a connection that is gone leaves no timer of a fault that is on', async () => {
  const { proxy, open } = await proxied();
  const HOUR = 3_600_000;
  const timers = new Set<number>();
  const hook = createHook({
    init: (id, type, _, resource) => {
      if (type === 'Timeout' && '_idleTimeout' in resource && resource._idleTimeout === HOUR) timers.add(id);
    },
    destroy: (id) => timers.delete(id),
  }).enable();
  onTestFinished(() => {
    hook.disable();
  });
  proxy.set({ kind: 'reset', after: HOUR });
  const opened = [];
  for (let i = 0; i < 20; i++) opened.push(await open());
  expect(timers.size).toBeGreaterThanOrEqual(20);
  for (const { client } of opened) client.socket.resetAndDestroy();
  await expect.poll(() => timers.size).toBe(0);
  expect(proxy.stats().connections.open).toBe(0);
});

test('half-closed connections stay so', async () => {
  const { open } = await proxied();
  const { client, target } = await open();
  client.socket.end('question');
  await target.over;
  target.socket.end('answer');
  await client.over;
  expect([target.text, client.text]).toEqual(['question', 'answer']);
});

test('a reset travels to the other end, and an unreachable target resets the client', async () => {
  const { open } = await proxied();
  const { client, target } = await open();
  target.socket.resetAndDestroy();
  expect((await client.over).how).toBe('rst');
  const { proxy } = await proxyTo(1);
  expect((await new End(dial(proxy)).over).how).toBe('rst');
});

test('1,000 connections opened and reset at random leave no descriptor', async () => {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.pipe(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const before = descriptors();
  const { proxy } = await proxyTo((server.address() as AddressInfo).port);
  proxy.set({ kind: 'latency', delay: 3, jitter: 3, probability: 0.5 });
  proxy.set({ kind: 'reset', after: 5, probability: 0.2 });
  proxy.set({ kind: 'blackhole', probability: 0.1 });
  const random = randomOf('storm');
  const visit = async () => {
    const socket = dial(proxy);
    const gone = finished(socket).catch(() => {});
    socket.on('data', () => {});
    if (random() < 0.8) await Promise.race([once(socket, 'connect'), gone]).catch(() => {});
    if (socket.writable) socket.write(Buffer.alloc(random() * 10_000));
    if (random() < 0.7) await new Promise((resolve) => setTimeout(resolve, random() * 10));
    const way = random();
    if (way < 0.4 && socket.writable && !socket.connecting) socket.resetAndDestroy();
    else if (way < 0.7) socket.destroy();
    else {
      socket.end();
      socket.setTimeout(50, () => socket.destroy());
    }
    await gone;
  };
  // Some are reset before the proxy has accepted them, and on a busy machine many.
  while (proxy.stats().connections.total < 1000) await Promise.all(Array.from({ length: 100 }, visit));
  await proxy.close();
  await expect.poll(descriptors).toBeLessThanOrEqual(before);
});

test('faults are told when they come and go, and closing clears them', async () => {
  const { proxy, events, open } = await proxied();
  const { client, target } = await open();
  const slow = proxy.set({ kind: 'latency', delay: 0 });
  slow.off();
  slow.off();
  proxy.set({ kind: 'blackhole' });
  proxy.set({ kind: 'slicer', size: 1 });
  client.socket.write('held');
  await proxy.close();
  expect(events.map(({ kind, fault }) => `${kind} ${fault}`)).toEqual([
    'faultOn latency',
    'faultOff latency',
    'faultOn blackhole',
    'faultOn slicer',
    'faultOff blackhole',
    'faultOff slicer',
  ]);
  expect(events.every(({ at }, i) => i === 0 || at >= events[i - 1]!.at)).toBe(true);
  await Promise.all([client.over, target.over]);
  expect(proxy.stats().connections.open).toBe(0);
  await proxy.close();
  expect(() => proxy.set({ kind: 'refuse' })).toThrow('The proxy is closed');
});

test('a share of the connections is touched, the same for the same seed', async () => {
  const touched = async () => {
    const { proxy } = await proxied('hi');
    proxy.set({ kind: 'refuse', probability: 0.5 });
    const lot: boolean[] = [];
    for (let i = 0; i < 40; i++) {
      const client = new End(dial(proxy));
      lot.push(await Promise.race([client.over.then(() => true), client.until('hi').then(() => false)]));
    }
    return lot;
  };
  const [one, other] = [await touched(), await touched()];
  expect(one).toEqual(other);
  expect(one.filter(Boolean).length).toBeGreaterThan(8);
  expect(one.filter(Boolean).length).toBeLessThan(32);
});

function descriptors(): number {
  return readdirSync('/proc/self/fd').length;
}
