import { expect, onTestFinished, test, vi } from 'vitest';
import { proxied } from '../../test/support/proxy-ends.ts';
import { Stage } from '../proxy/stage.ts';
import { latencyFault } from './latency.ts';

test('a chunk leaves its delay after it arrived, in the direction that is meant', async () => {
  const { proxy, open } = await proxied();
  const { client, target } = await open();
  proxy.set({ kind: 'latency', delay: 60, direction: 'up' });
  const sentAt = performance.now();
  client.socket.write('slow');
  await target.until('slow');
  expect(target.chunks[0]!.at - sentAt).toBeGreaterThanOrEqual(59);
});

test('a queue does not add up delays: each chunk leaves its own delay after its own arrival', () => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const left: number[] = [];
  const now = () => performance.now();
  const stage = new Stage({
    opening: true,
    fresh: true,
    now,
    random: () => 0.5,
    isWebSocket: () => false,
    next: () => left.push(now()),
    eased: () => {},
  });
  const { schema, attach } = latencyFault;
  stage.handle(attach(schema.parse({ kind: 'latency', delay: 300 }), stage, stage).up!);
  const arrived: number[] = [];
  for (let i = 0; i < 500; i++) {
    vi.advanceTimersByTime(i % 3); // some arrive together
    arrived.push(now());
    stage.push({ at: now(), data: Buffer.from('x') });
  }
  vi.advanceTimersByTime(300);
  expect(left).toEqual(arrived.map((at) => at + 300));
  stage.push({ at: now() - 100, data: Buffer.from('late') }); // it was read late: the delay counts from its arrival
  vi.advanceTimersByTime(200);
  expect(left.length).toBe(501);
});

test('two latencies add up', async () => {
  const { proxy, open } = await proxied();
  const { client, target } = await open();
  proxy.set({ kind: 'latency', delay: 40 });
  proxy.set({ kind: 'latency', delay: 40 });
  const sentAt = performance.now();
  client.socket.write('slow');
  await target.until('slow');
  expect(target.chunks[0]!.at - sentAt).toBeGreaterThanOrEqual(79);
});

test('jitter keeps the order', async () => {
  const { proxy, open } = await proxied();
  const { client, target } = await open();
  proxy.set({ kind: 'latency', delay: 20, jitter: 20 });
  let sent = '';
  for (let i = 0; i < 100; i++) {
    const text = `<${i}>`;
    sent += text;
    client.socket.write(text);
    await new Promise((resolve) => setImmediate(resolve));
  }
  client.socket.end();
  await target.over;
  expect(target.text).toBe(sent);
});

test('switched off, what waited leaves at once and in order', async () => {
  const { proxy, open } = await proxied();
  const { client, target } = await open();
  const { off } = proxy.set({ kind: 'latency', delay: 3_600_000 });
  client.socket.write('early ');
  while (proxy.stats().bytes.up < 6) await new Promise((resolve) => setImmediate(resolve));
  off();
  client.socket.write('late');
  expect(await target.until('late')).toBe('early late');
});
