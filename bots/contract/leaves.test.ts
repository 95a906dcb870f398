import { describe, test } from 'vitest';
import {
  clients,
  connected,
  connecting,
  ended,
  linkTo,
  notUpgraded,
  opened,
  overPolling,
  overSocket,
  pollingFirst,
  pollingOnly,
  socketOnly,
} from '../../test/support/contract/clients.ts';
import { pollServer, socketIoServer } from '../../test/support/contract/servers.ts';
import { takeUpgrades, wireServer } from '../../test/support/contract/wire.ts';

const timeoutMs = 10_000;

const both = [
  ['WebSocket', socketOnly, overSocket],
  ['polling', pollingOnly, overPolling],
] as const;

describe.concurrent.each(clients)('%s ends by itself', (_name, connectorOf) => {
  test.for(both)('and begins a fresh session over %s', async ([, client, open], { expect, onTestFinished }) => {
    const { io, url } = await socketIoServer(onTestFinished);
    const ends: string[] = [];
    io.on('connection', (socket) => {
      socket.on('disconnect', (reason) => ends.push(reason));
      io.emit('hello');
    });
    const { connection, changes, log, hear } = await linkTo(connectorOf, url, onTestFinished, client);
    hear('hello');
    connection.connect();
    await expect.poll(() => log.length).toBe(4);
    connection.request('ask', [], { timeoutMs }, (reply) => log.push(reply.outcome));
    connection.disconnect();
    expect(changes).toEqual([...open, ended('io client disconnect')]);
    expect(log.slice(-2)).toEqual(['disconnected', 'cut']);
    expect([connection.isConnected, connection.transport]).toEqual([false, client.transports[0]]);
    connection.disconnect();
    connection.connect();
    await expect.poll(() => changes).toEqual([...open, ended('io client disconnect'), ...open]);
    await expect.poll(() => ends).toHaveLength(1);
  });

  test.for(['disconnect', 'close'] as const)(
    'after what it has emitted, to %s over WebSocket',
    async (end, context) => {
      const { expect, onTestFinished } = context;
      const { url, peers } = await wireServer(onTestFinished);
      const { connection } = await linkTo(connectorOf, url, onTestFinished, socketOnly);
      connection.connect();
      await expect.poll(() => connection.isConnected).toBe(true);
      for (const word of ['a', 'b', 'c']) connection.emit('say', [word]);
      connection[end]();
      const said = ['42["say","a"]', '42["say","b"]', '42["say","c"]'];
      await expect.poll(() => peers[0]?.heard).toEqual(['40{}', ...said, '41', [8, Buffer.alloc(0)]]);
    },
  );

  test('and tells what it has learned as it connects again', async ({ expect, onTestFinished }) => {
    const { io, url } = await socketIoServer(onTestFinished);
    const auths: unknown[] = [];
    io.on('connection', ({ handshake }) => auths.push(handshake.auth));
    const dialect = { auth: { key: 'fixed', session: '{session}' } };
    const options = { ...socketOnly, dialect, secrets: ['hunter-2'] };
    const { connection } = await linkTo(connectorOf, url, onTestFinished, options);
    connection.connect();
    await expect.poll(() => auths).toEqual([{ key: 'fixed' }]);
    await expect.poll(() => connection.isConnected).toBe(true);
    connection.learn('session', 'session-1');
    expect(connection.blanks).toMatchObject({ session: 'session-1' });
    expect(connection.redact('not session-1, and not hunter-2')).toBe('not ***, and not ***');
    connection.disconnect();
    connection.connect();
    await expect.poll(() => auths.slice(1)).toEqual([{ key: 'fixed', session: 'session-1' }]);
  });

  test('after what it has emitted, to close over polling', async ({ expect, onTestFinished }) => {
    const { url, posts } = await pollServer(onTestFinished);
    const { connection } = await linkTo(connectorOf, url, onTestFinished, pollingOnly);
    connection.connect();
    await expect.poll(() => connection.isConnected).toBe(true);
    for (const word of ['a', 'b', 'c']) connection.emit('say', [word]);
    connection.close();
    const said = ['a', 'b', 'c'].map((word) => `42["say","${word}"]`);
    await expect.poll(() => posts.flatMap((post) => post.split('\x1e'))).toEqual(['40{}', ...said, '41', '1']);
    expect(posts.at(-1)).toBe('1');
  });

  // What socket.io-client has not sent yet is lost, since the connections that were kept are ended with the link.
  test('with a close packet over polling', async ({ expect, onTestFinished }) => {
    const { url, posts } = await pollServer(onTestFinished);
    const { connection } = await linkTo(connectorOf, url, onTestFinished, pollingOnly);
    connection.connect();
    await expect.poll(() => connection.isConnected).toBe(true);
    await expect.poll(() => posts).toEqual(['40{}']);
    connection.disconnect();
    await expect.poll(() => posts.at(-1)).toBe('1');
  });

  test('for good, and tells nothing any more', async ({ expect, onTestFinished }) => {
    const { io, url } = await socketIoServer(onTestFinished);
    const { connection, changes, log, hear } = await linkTo(connectorOf, url, onTestFinished, socketOnly);
    const ends: string[] = [];
    io.on('connection', (socket) => socket.on('disconnect', (reason) => ends.push(reason)));
    hear('hello');
    connection.connect();
    await expect.poll(() => connection.isConnected).toBe(true);
    connection.close();
    connection.close();
    connection.connect();
    connection.disconnect();
    expect(connection.isConnected).toBe(false);
    expect(changes).toEqual(overSocket);
    await expect.poll(() => ends).toEqual(['client namespace disconnect']);
    const next = await linkTo(connectorOf, url, onTestFinished, socketOnly);
    next.connection.connect();
    await expect.poll(() => next.connection.isConnected).toBe(true);
    expect(log).toEqual(['connecting', 'opened', 'connected']);
  });

  test('in the same turn, and opens nothing', async ({ expect, onTestFinished }) => {
    const { http, url } = await socketIoServer(onTestFinished);
    let connections = 0;
    http.on('connection', () => connections++);
    const { connection, changes } = await linkTo(connectorOf, url, onTestFinished, socketOnly);
    connection.connect();
    connection.disconnect();
    const next = await linkTo(connectorOf, url, onTestFinished, socketOnly);
    next.connection.connect();
    await expect.poll(() => next.connection.isConnected).toBe(true);
    expect([changes, connections]).toEqual([[], 1]);
    connection.connect();
    await expect.poll(() => changes).toEqual(overSocket);
  });

  test.for(both)('while it opens over %s, and tells nothing of it', async ([, client, open], context) => {
    const { expect, onTestFinished } = context;
    const { url } = await socketIoServer(onTestFinished);
    const { connection, changes } = await linkTo(connectorOf, url, onTestFinished, client);
    connection.connect();
    await expect.poll(() => changes).toEqual([connecting]);
    connection.disconnect();
    connection.connect();
    await expect.poll(() => changes).toEqual([connecting, ...open]);
  });

  test.for(both)('as it opens over %s, and tells nothing of it', async ([, client, open], context) => {
    const { expect, onTestFinished } = context;
    const { url } = await socketIoServer(onTestFinished);
    const { connection, changes } = await linkTo(connectorOf, url, onTestFinished, client);
    connection.watch(({ kind }) => kind === 'opened' && changes.length === 2 && connection.disconnect());
    connection.connect();
    await expect.poll(() => changes).toEqual(open.slice(0, 2));
    connection.connect();
    await expect.poll(() => changes).toEqual([...open.slice(0, 2), ...open]);
  });

  test('while it waits to reconnect', async ({ expect, onTestFinished }) => {
    const { url, cut } = await socketIoServer(onTestFinished);
    const { connection, changes } = await linkTo(connectorOf, url, onTestFinished, socketOnly);
    connection.connect();
    await expect.poll(() => connection.isConnected).toBe(true);
    cut();
    await expect.poll(() => changes).toEqual([...overSocket, ended('transport close')]);
    connection.disconnect();
    expect(changes).toHaveLength(4);
    connection.connect();
    expect(changes).toHaveLength(5);
    await expect.poll(() => changes).toEqual([...overSocket, ended('transport close'), ...overSocket]);
  });

  test('while it upgrades', async ({ expect, onTestFinished }) => {
    const { http, url } = await pollServer(onTestFinished, { open: { upgrades: ['websocket'] } });
    takeUpgrades(http, { begin: () => {} });
    const { connection, changes } = await linkTo(connectorOf, url, onTestFinished, pollingFirst);
    connection.connect();
    await expect.poll(() => connection.isConnected).toBe(true);
    connection.disconnect();
    await expect
      .poll(() => changes)
      .toEqual([
        connecting,
        opened('polling', ['websocket']),
        connected,
        ended('io client disconnect'),
        notUpgraded('probe error: socket closed'),
      ]);
  });
});
