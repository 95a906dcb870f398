import { describe, test } from 'vitest';
import {
  clients,
  connecting,
  ended,
  failed,
  linkTo,
  opened,
  overPolling,
  overSocket,
  pollingOnly,
  socketOnly,
} from '../../test/support/contract/clients.ts';
import { pollServer, socketIoServer } from '../../test/support/contract/servers.ts';
import { wireServer } from '../../test/support/contract/wire.ts';

const timeoutMs = 10_000;

const both = [
  ['WebSocket', socketOnly, overSocket],
  ['polling', pollingOnly, overPolling],
] as const;

describe.concurrent.each(clients)('%s is ended by the server', (_name, connectorOf) => {
  test.for([
    ['a lost connection', 'transport close', socketOnly, overSocket, 'cut'],
    ['a reset connection', 'transport close', socketOnly, overSocket, 'reset'],
    ['a lost connection', 'transport error', pollingOnly, overPolling, 'cut'],
    ['a reset connection', 'transport error', pollingOnly, overPolling, 'reset'],
  ] as const)('%s is a %s, and it reconnects', async ([, reason, client, open, how], { expect, onTestFinished }) => {
    const { io, url, ...server } = await socketIoServer(onTestFinished);
    const { connection, changes, log } = await linkTo(connectorOf, url, onTestFinished, client);
    const sids = new Set<string>();
    io.on('connection', ({ id }) => sids.add(id));
    connection.connect();
    await expect.poll(() => connection.isConnected).toBe(true);
    connection.request('ask', [], { timeoutMs }, (reply) => log.push(reply.outcome));
    await expect.poll(() => changes).toEqual(open);
    server[how]();
    await expect.poll(() => changes).toEqual([...open, ended(reason), ...open]);
    expect(sids.size).toBe(2);
    const kinds = ['connecting', 'opened', 'connected'];
    expect(log).toEqual([...kinds, 'disconnected', 'cut', ...kinds]);
  });

  test.for(both)('a server that closes ends it over %s', async ([, client, open], { expect, onTestFinished }) => {
    const { io, url } = await socketIoServer(onTestFinished);
    const { connection, changes } = await linkTo(connectorOf, url, onTestFinished, client);
    connection.connect();
    await expect.poll(() => connection.isConnected).toBe(true);
    io.engine.close();
    await expect.poll(() => changes.slice(0, 4)).toEqual([...open, ended('transport close')]);
  });

  test.for([...both.map((way) => [...way, false] as const), ...both.map((way) => [...way, true] as const)])(
    'a server that disconnects it over %s is obeyed',
    async ([, client, open, andClose], { expect, onTestFinished }) => {
      const { io, url } = await socketIoServer(onTestFinished);
      const { connection, changes, log } = await linkTo(connectorOf, url, onTestFinished, client);
      connection.connect();
      await expect.poll(() => connection.isConnected).toBe(true);
      connection.request('ask', [], { timeoutMs }, (reply) => log.push(reply.outcome));
      io.disconnectSockets(andClose);
      await expect.poll(() => changes).toEqual([...open, ended('io server disconnect')]);
      expect(log.at(-1)).toBe('cut');
      expect(connection.isConnected).toBe(false);
      // It is still wanted: to begin anew takes an end, which is not told.
      connection.connect();
      connection.disconnect();
      expect(changes).toHaveLength(4);
      connection.connect();
      await expect.poll(() => changes).toEqual([...open, ended('io server disconnect'), ...open]);
    },
  );

  test('between the opening and the connecting, over WebSocket', async ({ expect, onTestFinished }) => {
    const { url } = await wireServer(onTestFinished, { connect: (peer) => peer.socket.end() });
    const { connection, changes } = await linkTo(connectorOf, url, onTestFinished, socketOnly);
    connection.connect();
    const lost = [connecting, opened('websocket'), ended('transport close')];
    await expect.poll(() => changes.slice(0, 6)).toEqual([...lost, ...lost]);
  });

  test('between the opening and the connecting, over polling', async ({ expect, onTestFinished }) => {
    const { url } = await pollServer(onTestFinished, { first: ({ socket }) => socket?.destroy() });
    const { connection, changes } = await linkTo(connectorOf, url, onTestFinished, pollingOnly);
    connection.connect();
    const lost = [connecting, opened('polling'), failed('xhr poll error: socket hang up'), ended('transport error')];
    await expect.poll(() => changes.slice(0, 8)).toEqual([...lost, ...lost]);
  });

  test.for([
    [503, 'over a poll', { first: (response) => response.writeHead(503).end() }, 'xhr poll error: HTTP 503'],
    [500, 'over a post', { post: (response) => response.writeHead(500).end() }, 'xhr post error: HTTP 500'],
  ] as const satisfies [number, string, Parameters<typeof pollServer>[1], string][])(
    'by HTTP %d between the opening and the connecting, %s',
    async ([, , script, reason], { expect, onTestFinished }) => {
      const { url } = await pollServer(onTestFinished, { first: () => {}, ...script });
      const { connection, changes } = await linkTo(connectorOf, url, onTestFinished, pollingOnly);
      connection.connect();
      const lost = [connecting, opened('polling'), failed(reason, true), ended('transport error')];
      await expect.poll(() => changes.slice(0, 5)).toEqual([...lost, connecting]);
    },
  );

  test('what waits for the next link is not cut off by the end of one', async ({ expect, onTestFinished }) => {
    let ends = 0;
    const { url } = await wireServer(onTestFinished, {
      connect: (peer) => (ends++ === 0 ? peer.socket.end() : peer.texts('40{"sid":"n"}')),
      hear: (peer, text) => text === '420["ask",1]' && peer.texts('430["well"]'),
    });
    const { connection, log } = await linkTo(connectorOf, url, onTestFinished, socketOnly);
    connection.request('ask', [1], { timeoutMs }, (reply) => log.push(reply));
    connection.connect();
    await expect.poll(() => log.at(-1)).toEqual({ outcome: 'acked', args: ['well'] });
    const kinds = ['connecting', 'opened', 'disconnected', 'connecting', 'opened', 'connected'];
    expect(log.slice(0, -1)).toEqual(kinds);
  });
});
