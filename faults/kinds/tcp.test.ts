import { expect, test } from 'vitest';
import { dial, End, proxied, stillPending } from '../../test/support/proxy-ends.ts';

test('bandwidth: bytes trickle at the given rate', async () => {
  const { proxy, open } = await proxied();
  const { client, target } = await open();
  proxy.set({ kind: 'bandwidth', rate: 100_000, direction: 'down' });
  const sentAt = performance.now();
  target.socket.write(Buffer.alloc(30_000));
  await client.until(30_000);
  expect(performance.now() - sentAt).toBeGreaterThanOrEqual(299);
  expect(client.chunks.length).toBeGreaterThan(1);
});

test('slicer: slices leave one by one, with a gap', async () => {
  const { proxy, open } = await proxied();
  const { client, target } = await open();
  proxy.set({ kind: 'slicer', size: 2, gap: 10 });
  const sentAt = performance.now();
  client.socket.write('abcdefg');
  expect(await target.until('g')).toBe('abcdefg');
  expect(performance.now() - sentAt).toBeGreaterThanOrEqual(29);
  expect(target.chunks.length).toBeGreaterThan(1);
});

test('reset: both ends see a reset, open connections and new ones', async () => {
  const { proxy, open } = await proxied();
  const { client, target } = await open();
  const { off } = proxy.set({ kind: 'reset' });
  expect((await client.over).how).toBe('rst');
  expect((await target.over).how).toBe('rst');
  expect((await new End(dial(proxy)).over).how).toBe('rst');
  off();
  const next = await open();
  next.client.socket.write('alive');
  await next.target.until('alive');
});

test('reset: by direction the other end sees an orderly end, and `after` is kept', async () => {
  const { proxy, open } = await proxied();
  const { client, target } = await open();
  const onAt = performance.now();
  proxy.set({ kind: 'reset', direction: 'down', after: 30 });
  const seen = await client.over;
  expect(seen.how).toBe('rst');
  expect(seen.at - onAt).toBeGreaterThanOrEqual(29);
  expect((await target.over).how).toBe('fin');
});

test('close: both ends see an orderly end', async () => {
  const { proxy, open } = await proxied();
  const { client, target } = await open();
  proxy.set({ kind: 'close' });
  expect((await client.over).how).toBe('fin');
  expect((await target.over).how).toBe('fin');
});

test('blackhole: neither bytes nor ends arrive, until it is lifted', async () => {
  const { proxy, open } = await proxied();
  const { client, target } = await open();
  const { off } = proxy.set({ kind: 'blackhole' });
  client.socket.write('hello');
  target.socket.write('hi');
  client.socket.end();
  expect(await stillPending(Promise.race([client.until('hi'), target.until('hello'), target.over]))).toBe(true);
  off();
  expect(await target.until('hello')).toBe('hello');
  expect(await client.until('hi')).toBe('hi');
  expect((await target.over).how).toBe('fin');
});

test('blackhole: the target does not learn that the client was reset', async () => {
  const { proxy, open } = await proxied();
  const { client, target } = await open();
  const { off } = proxy.set({ kind: 'blackhole' });
  client.socket.resetAndDestroy();
  expect(await stillPending(target.over)).toBe(true);
  off();
  expect((await target.over).how).toBe('rst');
});

test('slow-close: bytes pass, the end arrives late', async () => {
  const { proxy, open } = await proxied();
  const { client, target } = await open();
  proxy.set({ kind: 'slow-close', delay: 80 });
  const endedAt = performance.now();
  client.socket.end('bye');
  await target.until('bye');
  expect((await target.over).at - endedAt).toBeGreaterThanOrEqual(79);
});

test.each(['fin', 'rst'] as const)('limit: exactly so many bytes pass, then both ends see %s', async (ending) => {
  const { proxy, open } = await proxied();
  const { client, target } = await open();
  proxy.set({ kind: 'limit', bytes: 10, direction: 'up', ending });
  client.socket.write('12345');
  await target.until(5);
  client.socket.write('67890abc');
  expect((await target.over).how).toBe(ending);
  expect((await client.over).how).toBe(ending);
  expect(target.text).toBe('1234567890');
});

test('refuse: new connections are reset and the target hears nothing, open ones go on', async () => {
  const { proxy, open, accepted } = await proxied();
  const { client, target } = await open();
  const { off } = proxy.set({ kind: 'refuse' });
  expect((await new End(dial(proxy)).over).how).toBe('rst');
  client.socket.write('still here');
  await target.until('still here');
  expect(accepted.length).toBe(1);
  off();
  await open();
});
