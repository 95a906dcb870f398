import { createServer } from 'node:http';
import { describe, test } from 'vitest';
import {
  clients,
  connected,
  connecting,
  failed,
  linkTo,
  opened,
  pollingFirst,
  pollingOnly,
  socketOnly,
} from '../../test/support/contract/clients.ts';
import { listening, pollServer } from '../../test/support/contract/servers.ts';
import { takeUpgrades, wireServer } from '../../test/support/contract/wire.ts';
import { clientOrders } from '../client-orders.ts';

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
