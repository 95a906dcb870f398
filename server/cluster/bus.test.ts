import { once } from 'node:events';
import { io, type Socket } from 'socket.io-client';
import { afterAll, describe, expect, test } from 'vitest';
import { hasRedis, ifRedis, startRedis } from '../../test/support/redis.ts';
import { ask } from '../../test/support/test-client.ts';
import type { GivenOptions } from '../chat-options.ts';
import { createChatServer } from '../chat-server.ts';

const closing: (() => unknown)[] = [];
afterAll(async () => {
  for (const close of closing.reverse()) await close();
});

const adapters = ['redis-streams', 'redis-pubsub'] as const;

/** Two nodes of one chat on a Redis of their own. */
async function twoNodes(adapter: (typeof adapters)[number], given: GivenOptions = {}) {
  const redis = await startRedis();
  closing.push(redis.end);
  const bus = { adapter, redis: redis.url, port: 0, page: false, ...given } as const;
  const nodes = await Promise.all(['a', 'b'].map((node) => createChatServer({ ...bus, node: `node-${node}` })));
  closing.push(...nodes.map((node) => () => node.close()));
  return { redis, urls: nodes.map(({ url }) => url) as [string, string] };
}

interface Client extends Socket {
  /** What it was told as it connected. */
  readonly node: Promise<unknown>;
  readonly heard: string[];
}

async function enter(url: string): Promise<Client> {
  const socket = io(url, { transports: ['websocket'], forceNew: true }) as Client;
  closing.push(() => socket.disconnect());
  const heard: string[] = [];
  socket.on('message', ({ text }) => heard.push(text));
  const node = once(socket as unknown as EventTarget & Socket, 'node').then(([name]) => name);
  await new Promise<void>((resolve) => socket.once('connect', resolve));
  await ask(socket, 'join', { room: 'tea', name: `guest-${socket.id}` });
  return Object.assign(socket, { node, heard });
}

const say = (socket: Socket, text: string) => ask(socket, 'message', { room: 'tea', text });

describe.skipIf(!hasRedis)(`nodes on Redis${ifRedis}`, () => {
  test.each(adapters)('%s: a message reaches those on the other node, who know theirs', async (adapter) => {
    const { urls } = await twoNodes(adapter);
    const [ana, ben] = await Promise.all([enter(urls[0]), enter(urls[1])]);
    expect([await ana.node, await ben.node]).toEqual(['node-a', 'node-b']);
    await expect
      .poll(async () => {
        await say(ana, 'hello');
        return ben.heard.length;
      })
      .toBeGreaterThan(0);
    expect(ana.heard).toContain('hello');
    const vitals = (await (await fetch(`${urls[0]}/vitals`)).json()) as { node: string };
    expect(vitals.node).toBe('node-a');
  });

  test.each([
    ['redis-streams', true],
    ['redis-pubsub', false],
  ] as const)('%s: a session is recovered on another node: %s', async (adapter, isRecovered) => {
    const { urls } = await twoNodes(adapter, { stateRecovery: true });
    const [ana, ben] = await Promise.all([enter(urls[0]), enter(urls[1])]);
    // A session without a message to start from is not recovered.
    await expect
      .poll(async () => {
        await say(ana, 'before');
        return ben.heard.length;
      })
      .toBeGreaterThan(0);
    const came = new Promise<void>((resolve) => ben.once('connect', resolve));
    (ben.io as unknown as { uri: string }).uri = urls[0];
    ben.io.engine.close();
    await came;
    expect(ben.recovered).toBe(isRecovered);
    if (!isRecovered) return;
    // Its room and its name came with it.
    expect(await say(ben, 'from the other node')).toMatchObject({ ok: true });
    await expect.poll(() => ana.heard).toContain('from the other node');
  });

  test.each([
    ['redis-streams', false],
    ['redis-pubsub', true],
  ] as const)(
    '%s: while Redis stands still, those on the same node hear each other at once: %s',
    async (adapter, isHeard) => {
      const { urls, redis } = await twoNodes(adapter);
      const [ana, ben] = await Promise.all([enter(urls[0]), enter(urls[0])]);
      redis.process.kill('SIGSTOP');
      try {
        expect(await say(ana, 'meanwhile')).toMatchObject({ ok: true });
        // What is heard is heard before the answer to what was said after it.
        await ask(ben, 'rtt');
        expect(ben.heard.includes('meanwhile')).toBe(isHeard);
      } finally {
        redis.process.kill('SIGCONT');
      }
      await expect.poll(() => ben.heard).toContain('meanwhile');
    },
  );

  test('a Redis that cannot be reached is named, without its password', async () => {
    const starting = createChatServer({ adapter: 'redis-streams', redis: 'redis://:secret@127.0.0.1:1', port: 0 });
    await expect(starting).rejects.toMatchObject({ code: 'REDIS' });
    await expect(starting).rejects.toThrow(/^Cannot reach Redis at 127\.0\.0\.1:1 \((?!.*secret)/);
  });
});
