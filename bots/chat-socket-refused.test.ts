import { createServer } from 'node:http';
import type { Socket } from 'node:net';
import { describe, test } from 'vitest';
import {
  clients,
  connected,
  connecting,
  ended,
  failed,
  linkTo,
  notUpgraded,
  opened,
  upgraded,
} from '../test/support/contract-clients.ts';
import { listening, openPacket, pollServer } from '../test/support/contract-servers.ts';
import { frame, takeUpgrades, wireServer } from '../test/support/contract-wire.ts';
import { clientOrders } from './client-orders.ts';

const socketOnly = clientOrders['websocket-only'];
const pollingOnly = clientOrders['polling-only'];
const pollingFirst = clientOrders['polling-first'];
const tryAll = clientOrders['websocket-first-try-all'];

describe.concurrent.each(clients)('%s is refused', (_name, connectorOf) => {
  test.for([
    ['WebSocket', socketOnly, 'websocket error: connect ECONNREFUSED 127.0.0.1:9'],
    ['WebSocket before polling', clientOrders['websocket-first'], 'websocket error: connect ECONNREFUSED 127.0.0.1:9'],
    ['polling', pollingFirst, 'xhr poll error: connect ECONNREFUSED 127.0.0.1:9'],
    ['both', tryAll, 'xhr poll error: connect ECONNREFUSED 127.0.0.1:9'],
  ] as const)('by a closed port, over %s', async ([, client, reason], { expect, onTestFinished }) => {
    const { connection, changes } = await linkTo(connectorOf, 'http://127.0.0.1:9', onTestFinished, client);
    connection.connect();
    await expect.poll(() => changes).toEqual([connecting, failed(reason), connecting, failed(reason)]);
  });

  test.for([
    [200, 'WebSocket', socketOnly, 'websocket error: Unexpected server response: 200', false],
    [400, 'WebSocket', socketOnly, 'websocket error: Unexpected server response: 400', false],
    [500, 'WebSocket', socketOnly, 'websocket error: Unexpected server response: 500', false],
    [502, 'WebSocket', socketOnly, 'websocket error: Unexpected server response: 502', false],
    [204, 'polling', pollingFirst, 'xhr poll error: HTTP 204', true],
    [400, 'polling', pollingFirst, 'xhr poll error: HTTP 400', true],
    [500, 'polling', pollingFirst, 'xhr poll error: HTTP 500', true],
    [502, 'polling', pollingOnly, 'xhr poll error: HTTP 502', true],
    [503, 'both', tryAll, 'xhr poll error: HTTP 503', true],
  ] as const)('by HTTP %d over %s', async ([status, , client, reason, answered], { expect, onTestFinished }) => {
    const http = createServer((_request, response) => response.writeHead(status).end(status === 204 ? '' : 'no'));
    const { url } = await listening(http, onTestFinished);
    const { connection, changes } = await linkTo(connectorOf, url, onTestFinished, client);
    connection.connect();
    await expect.poll(() => changes.slice(0, 3)).toEqual([connecting, failed(reason, answered), connecting]);
  });

  test.for([
    ['WebSocket', socketOnly, 'websocket error: socket hang up'],
    ['polling', pollingOnly, 'xhr poll error: socket hang up'],
  ] as const)('by the end of its connection, over %s', async ([, client, reason], { expect, onTestFinished }) => {
    const { url } = await listening(
      createServer(({ socket }) => socket.destroy()),
      onTestFinished,
    );
    const { connection, changes } = await linkTo(connectorOf, url, onTestFinished, client);
    connection.connect();
    await expect.poll(() => changes.slice(0, 3)).toEqual([connecting, failed(reason), connecting]);
  });

  test.for([
    ['WebSocket', socketOnly],
    ['polling', pollingOnly],
  ] as const)('by silence over %s, after its time', async ([, client], { expect, onTestFinished }) => {
    const { url } = await listening(
      createServer(() => {}),
      onTestFinished,
    );
    const { connection, changes } = await linkTo(connectorOf, url, onTestFinished, { ...client, timeout: 200 });
    connection.connect();
    const told = [connecting, failed('timeout'), connecting, failed('timeout')];
    await expect.poll(() => changes.slice(0, 4)).toEqual(told);
  });

  test('by silence before a session is opened', async ({ expect, onTestFinished }) => {
    const { url } = await wireServer(onTestFinished, { begin: () => {} });
    const { connection, changes } = await linkTo(connectorOf, url, onTestFinished, { ...socketOnly, timeout: 200 });
    connection.connect();
    await expect.poll(() => changes.slice(0, 3)).toEqual([connecting, failed('timeout'), connecting]);
  });

  // It is not noticed at once.
  test('by an end before a session is opened, after its time', async ({ expect, onTestFinished }) => {
    const { url } = await wireServer(onTestFinished, { begin: (peer) => peer.socket.end() });
    const closer = await listening(
      createServer((_request, response) => response.end('1')),
      onTestFinished,
    );
    for (const [place, client] of [
      [url, socketOnly],
      [closer.url, pollingOnly],
    ] as const) {
      const { connection, changes } = await linkTo(connectorOf, place, onTestFinished, { ...client, timeout: 200 });
      connection.connect();
      await expect.poll(() => changes.slice(0, 3)).toEqual([connecting, failed('timeout'), connecting]);
    }
  });

  test.for(['', '<!doctype html>', '9'])('by an answer that opens nothing: "%s"', async (text, context) => {
    const { expect, onTestFinished } = context;
    const http = createServer((_request, response) => response.end(text));
    takeUpgrades(http, { begin: (peer) => peer.texts(text) });
    const { url } = await listening(http, onTestFinished);
    for (const client of [pollingFirst, socketOnly]) {
      const { connection, changes } = await linkTo(connectorOf, url, onTestFinished, client);
      connection.connect();
      await expect.poll(() => changes.slice(0, 3)).toEqual([connecting, failed('server error'), connecting]);
    }
  });

  test('by a wrong answer to the upgrade', async ({ expect, onTestFinished }) => {
    const http = createServer();
    const lines = ['HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade'];
    http.on('upgrade', (_request, socket) =>
      socket.on('error', () => {}).write(`${lines.join('\r\n')}\r\nSec-WebSocket-Accept: wrong\r\n\r\n`),
    );
    const { url } = await listening(http, onTestFinished);
    const { connection, changes } = await linkTo(connectorOf, url, onTestFinished, socketOnly);
    connection.connect();
    const reason = 'websocket error: Invalid Sec-WebSocket-Accept header';
    await expect.poll(() => changes.slice(0, 3)).toEqual([connecting, failed(reason), connecting]);
  });

  test('by an answer that is no HTTP', async ({ expect, onTestFinished }) => {
    const http = createServer();
    http.on('upgrade', (_request, socket) => socket.on('error', () => {}).end('SSH-2.0-OpenSSH\r\n'));
    http.on('request', ({ socket }) => socket.end('SSH-2.0-OpenSSH\r\n'));
    const { url } = await listening(http, onTestFinished);
    for (const [client, reason] of [
      [socketOnly, /^websocket error: Parse Error: Expected HTTP/],
      [pollingOnly, /^xhr poll error: Parse Error: Expected HTTP/],
    ] as const) {
      const { connection, changes } = await linkTo(connectorOf, url, onTestFinished, client);
      connection.connect();
      const told = [connecting, failed(expect.stringMatching(reason)), connecting];
      await expect.poll(() => changes.slice(0, 3)).toEqual(told);
    }
  });

  test('after nothing is wrong with the other transport', async ({ expect, onTestFinished }) => {
    const { http, url } = await pollServer(onTestFinished, { open: { upgrades: ['websocket'] } });
    http.on('upgrade', (_request, socket) => socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n'));
    const { connection, changes } = await linkTo(connectorOf, url, onTestFinished, tryAll);
    connection.connect();
    // What is left to it is not upgraded again.
    await expect.poll(() => changes).toEqual([connecting, opened('polling'), connected]);
  });
});

const overPolling = [connecting, opened('polling', ['websocket']), connected];
const open = { upgrades: ['websocket'] };

describe.concurrent.each(clients)('%s upgrades', (_name, connectorOf) => {
  test('as the last poll ends, and sends nothing meanwhile', async ({ expect, onTestFinished }) => {
    const { http, url, posts, answer } = await pollServer(onTestFinished, { open });
    const peers = takeUpgrades(http, { begin: () => {} });
    const { connection, changes, log, hear } = await linkTo(connectorOf, url, onTestFinished, pollingFirst);
    hear('news');
    connection.connect();
    await expect.poll(() => changes).toEqual(overPolling);
    connection.emit('say', [1]);
    await expect.poll(() => posts).toEqual(['40{}', '42["say",1]']);
    await expect.poll(() => peers[0]?.heard).toEqual(['2probe']);
    // Until the probe is answered, events come and go over polling.
    answer('42["news",1]');
    await expect.poll(() => log.at(-1)).toEqual(['news', 1]);
    connection.on('last', () => connection.emit('say', [2]));
    peers[0]!.raw(frame('3probe'), frame('seen?', { opcode: 9 }));
    await expect.poll(() => peers[0]!.heard).toEqual(['2probe', [10, Buffer.from('seen?')]]);
    expect(connection.transport).toBe('polling');
    answer('42["last"]\x1e42["news",2]\x1e6');
    await expect.poll(() => changes).toEqual([...overPolling, upgraded]);
    peers[0]!.texts('42["news",3]');
    await expect.poll(() => log.at(-1)).toEqual(['news', 3]);
    await expect.poll(() => peers[0]!.heard).toEqual(['2probe', [10, Buffer.from('seen?')], '5', '42["say",2]']);
    expect(posts).toEqual(['40{}', '42["say",1]']);
    expect(log.filter((entry) => typeof entry !== 'string')).toEqual([1, 2, 3].map((n) => ['news', n]));
    peers[0]!.socket.destroy();
    await expect.poll(() => changes.slice(4, 6)).toEqual([ended('transport close'), connecting]);
  });

  test.for([
    ['refused by HTTP', 'probe error: websocket error', (socket: Socket) => socket.end('HTTP/1.1 400 No\r\n\r\n')],
    ['refused without a word', 'probe error: websocket error', (socket: Socket) => socket.destroy()],
  ] as const)('not where it is %s', async ([, reason, refuse], { expect, onTestFinished }) => {
    const { http, url, answer } = await pollServer(onTestFinished, { open });
    http.on('upgrade', (_request, socket) => refuse(socket as Socket));
    const { connection, kinds, changes, log, hear } = await linkTo(connectorOf, url, onTestFinished, pollingFirst);
    hear('news');
    connection.connect();
    await expect.poll(kinds).toEqual(expect.arrayContaining(['upgradeFailed', 'connected']));
    expect(changes).toHaveLength(4);
    expect(changes).toContainEqual(notUpgraded(reason));
    answer('42["news"]');
    await expect.poll(() => log.at(-1)).toEqual(['news']);
    expect([connection.isConnected, connection.transport]).toEqual([true, 'polling']);
  });

  test('not where the probe is answered wrongly', async ({ expect, onTestFinished }) => {
    const { http, url, answer } = await pollServer(onTestFinished, { open });
    const peers = takeUpgrades(http, { begin: () => {} });
    const { connection, changes, log, hear } = await linkTo(connectorOf, url, onTestFinished, pollingFirst);
    hear('news');
    connection.connect();
    await expect.poll(() => connection.isConnected).toBe(true);
    await expect.poll(() => peers[0]?.heard).toEqual(['2probe']);
    // Only the first answer counts.
    peers[0]!.texts('3nope', '3probe', openPacket(), '42["news","never"]');
    await expect.poll(() => changes).toEqual([...overPolling, notUpgraded('probe error')]);
    answer('42["news"]');
    await expect.poll(() => log.at(-1)).toEqual(['news']);
    // What was to be upgraded to is still open; its end is told, too.
    peers[0]!.socket.end();
    await expect.poll(() => changes.slice(4)).toEqual([notUpgraded('probe error: transport closed')]);
    answer('42["news","again"]');
    await expect.poll(() => log.at(-1)).toEqual(['news', 'again']);
    expect(log).toHaveLength(7);
  });

  test('not where the probe is swallowed', async ({ expect, onTestFinished }) => {
    const { http, url, answer } = await pollServer(onTestFinished, { open });
    const peers = takeUpgrades(http, { begin: () => {} });
    const { connection, changes, log, hear } = await linkTo(connectorOf, url, onTestFinished, pollingFirst);
    hear('news');
    connection.connect();
    await expect.poll(() => peers[0]?.heard).toEqual(['2probe']);
    answer('42["news"]');
    await expect.poll(() => log.at(-1)).toEqual(['news']);
    expect(changes).toEqual(overPolling);
    answer((response) => response.writeHead(500).end());
    const end = [ended('transport error'), notUpgraded('probe error: socket closed')];
    await expect.poll(() => changes.slice(3, 6)).toEqual([...end, connecting]);
  });

  test('not while the server closes it', async ({ expect, onTestFinished }) => {
    const { http, url, answer } = await pollServer(onTestFinished, { open });
    const peers = takeUpgrades(http, { begin: () => {} });
    const { connection, changes } = await linkTo(connectorOf, url, onTestFinished, pollingFirst);
    connection.connect();
    await expect.poll(() => connection.isConnected).toBe(true);
    await expect.poll(() => peers[0]?.heard).toEqual(['2probe']);
    answer('41');
    await expect
      .poll(() => changes)
      .toEqual([...overPolling, notUpgraded('probe error: socket closed'), ended('io server disconnect')]);
  });

  test('not where it is refused meanwhile', async ({ expect, onTestFinished }) => {
    const { http, url, answer } = await pollServer(onTestFinished, { open, first: '6' });
    const peers = takeUpgrades(http, { begin: () => {} });
    const { connection, changes } = await linkTo(connectorOf, url, onTestFinished, pollingFirst);
    connection.connect();
    await expect.poll(() => peers[0]?.heard).toEqual(['2probe']);
    answer('44{"message":"no"}');
    await expect
      .poll(() => changes)
      .toEqual([...overPolling.slice(0, 2), notUpgraded('probe error: socket closed'), failed('no', true)]);
  });
});
