import { describe, test } from 'vitest';
import {
  clients,
  connected,
  connecting,
  ended,
  linkTo,
  pollingOnly,
  socketOnly,
} from '../../test/support/contract/clients.ts';
import { openPacket, pollServer, socketIoServer } from '../../test/support/contract/servers.ts';
import { wireServer } from '../../test/support/contract/wire.ts';

const both = [
  ['WebSocket', socketOnly],
  ['polling', pollingOnly],
] as const;

describe.concurrent.each(clients)('%s and heartbeats', (_name, connectorOf) => {
  const open = { pingInterval: 600, pingTimeout: 300 };
  const handshake = { pingIntervalMs: 600, pingTimeoutMs: 300, maxPayloadBytes: 1_000_000, upgrades: [] };

  test.for(both)('answers them over %s', async ([, client], { expect, onTestFinished }) => {
    const { io, url } = await socketIoServer(onTestFinished, { pingInterval: 100, pingTimeout: 900 });
    const { connection, changes } = await linkTo(connectorOf, url, onTestFinished, client);
    let pongs = 0;
    io.engine.on('connection', (socket: { on(event: string, listener: () => void): void }) =>
      socket.on('heartbeat', () => pongs++),
    );
    connection.connect();
    // Either side would have given up after ten of them.
    await expect.poll(() => pongs).toBeGreaterThan(12);
    expect(changes.map(({ kind }) => kind)).toEqual(['connecting', 'opened', 'connected']);
  });

  test('misses them over WebSocket, whatever else it receives', async ({ expect, onTestFinished }) => {
    const { url, peers } = await wireServer(onTestFinished, { open });
    const { connection, changes } = await linkTo(connectorOf, url, onTestFinished, socketOnly);
    const chatter = setInterval(() => peers[0]?.texts('42["chatter"]'), 5);
    onTestFinished(() => clearInterval(chatter));
    connection.connect();
    const told = [connecting, { kind: 'opened', transport: 'websocket', handshake }, connected, ended('ping timeout')];
    await expect.poll(() => changes.slice(0, 4)).toEqual(told);
    await expect.poll(() => changes.slice(4, 7)).toEqual(told.slice(0, 3));
  });

  test('misses them over polling', async ({ expect, onTestFinished }) => {
    const { url } = await pollServer(onTestFinished, { open });
    const { connection, changes } = await linkTo(connectorOf, url, onTestFinished, pollingOnly);
    connection.connect();
    const told = [connecting, { kind: 'opened', transport: 'polling', handshake }, connected, ended('ping timeout')];
    await expect.poll(() => changes.slice(0, 4)).toEqual(told);
    await expect.poll(() => changes.slice(4, 7)).toEqual(told.slice(0, 3));
  });

  test('misses them before it is connected', async ({ expect, onTestFinished }) => {
    const { url } = await wireServer(onTestFinished, { open, connect: () => {} });
    const { connection, changes } = await linkTo(connectorOf, url, onTestFinished, socketOnly);
    connection.connect();
    const told = [connecting, { kind: 'opened', transport: 'websocket', handshake }, ended('ping timeout')];
    await expect.poll(() => changes.slice(0, 4)).toEqual([...told, connecting]);
  });

  test('notices nothing while it sleeps, and all of it as it wakes', async ({ expect, onTestFinished }) => {
    const { url, peers } = await wireServer(onTestFinished, { begin: (peer) => peer.texts(openPacket(open)) });
    const sleepers = await Promise.all([1, 2].map(() => linkTo(connectorOf, url, onTestFinished, socketOnly)));
    for (const { connection } of sleepers) {
      connection.watch(({ kind }) => kind === 'opened' && queueMicrotask(() => connection.sleep()));
      connection.connect();
    }
    for (const { connection } of sleepers) await expect.poll(() => connection.isConnected).toBe(true);
    const awake = await linkTo(connectorOf, url, onTestFinished, socketOnly);
    awake.connection.connect();
    await expect.poll(() => awake.changes).toContainEqual(ended('ping timeout'));
    const kinds = ['connecting', 'opened', 'connected'];
    for (const { log } of sleepers) expect(log).toEqual(kinds);
    sleepers[0]!.connection.wake();
    // Emitting notices it, too, and is not lost.
    sleepers[1]!.connection.emit('say', ['later']);
    for (const { changes } of sleepers) await expect.poll(() => changes[3]).toEqual(ended('ping timeout'));
    await expect.poll(() => peers.flatMap(({ heard }) => heard)).toContain('42["say","later"]');
    expect(peers[1]!.heard).not.toContain('42["say","later"]');
  });

  test('wakes in time, and nothing happens', async ({ expect, onTestFinished }) => {
    const { io, url } = await socketIoServer(onTestFinished);
    const { connection, log, hear } = await linkTo(connectorOf, url, onTestFinished, socketOnly);
    hear('end');
    connection.wake();
    connection.connect();
    await expect.poll(() => connection.isConnected).toBe(true);
    connection.sleep();
    connection.wake();
    io.emit('end');
    await expect.poll(() => log).toEqual(['connecting', 'opened', 'connected', ['end']]);
  });
});
