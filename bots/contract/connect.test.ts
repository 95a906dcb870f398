import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createTlsServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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
  upgraded,
} from '../../test/support/contract/clients.ts';
import { socketIoServer } from '../../test/support/contract/servers.ts';
import { selfSigned } from '../../test/support/self-signed.ts';
import { clientOrders } from '../client-orders.ts';

describe.concurrent.each(clients)('%s connects', (_name, connectorOf) => {
  test('over polling and then upgrades', async ({ expect, onTestFinished }) => {
    const { url } = await socketIoServer(onTestFinished);
    const { connection, changes, isSettled } = await linkTo(connectorOf, url, onTestFinished, pollingFirst);
    expect([connection.transport, connection.isConnected]).toEqual(['unknown', false]);
    connection.watch(({ kind }) => kind === 'opened' && expect(connection.transport).toBe('polling'));
    connection.connect();
    connection.connect();
    await expect.poll(() => isSettled(pollingFirst)).toBe(true);
    // Which of the two comes first is up to the server.
    expect(changes.filter((change) => change.kind !== 'upgraded')).toEqual([
      connecting,
      opened('polling', ['websocket']),
      connected,
    ]);
    expect(changes.filter((change) => change.kind === 'upgraded')).toEqual([upgraded]);
    expect([connection.transport, connection.isConnected]).toEqual(['websocket', true]);
  });

  test.for([
    ['by default over polling', {}, {}, 'polling', ['websocket']],
    ['over polling alone', pollingOnly, {}, 'polling', []],
    ['over WebSocket alone', socketOnly, {}, 'websocket', []],
    ['over WebSocket where it is first', clientOrders['websocket-first'], {}, 'websocket', []],
    ['over the first of two', clientOrders['websocket-first-try-all'], {}, 'websocket', []],
    ['over the second of two', clientOrders['websocket-first-try-all'], { transports: ['polling'] }, 'polling', []],
    ['over polling where nothing else is taken', pollingFirst, { transports: ['polling'] }, 'polling', []],
  ] as const)('%s', async ([_order, client, server, transport, upgrades], { expect, onTestFinished }) => {
    const { url } = await socketIoServer(onTestFinished, server as object);
    const { connection, changes } = await linkTo(connectorOf, url, onTestFinished, client);
    connection.connect();
    await expect.poll(() => connection.isConnected).toBe(true);
    expect(changes.filter((change) => change.kind !== 'upgraded')).toEqual([
      connecting,
      opened(transport, upgrades),
      connected,
    ]);
  });

  test('in the order of the dialect', async ({ expect, onTestFinished }) => {
    const { url } = await socketIoServer(onTestFinished);
    const dialect = { transports: ['websocket' as const] };
    const { connection, changes } = await linkTo(connectorOf, url, onTestFinished, { dialect });
    connection.connect();
    await expect.poll(() => changes).toEqual([connecting, opened('websocket'), connected]);
  });

  test.for([
    ['polling', pollingOnly],
    ['WebSocket', socketOnly],
  ] as const)(
    'over %s and learns the times of the server',
    async ([_transport, client], { expect, onTestFinished }) => {
      const options = { pingInterval: 12_345, pingTimeout: 2345, maxHttpBufferSize: 54_321 };
      const { url } = await socketIoServer(onTestFinished, options);
      const { connection, changes } = await linkTo(connectorOf, url, onTestFinished, client);
      connection.connect();
      await expect.poll(() => connection.isConnected).toBe(true);
      const handshake = { pingIntervalMs: 12_345, pingTimeoutMs: 2345, maxPayloadBytes: 54_321, upgrades: [] };
      expect(changes[1]).toEqual({ kind: 'opened', transport: client.transports[0], handshake });
    },
  );

  test.for([
    ['polling', pollingOnly],
    ['WebSocket', socketOnly],
    ['both', pollingFirst],
  ] as const)('over %s with auth, query, headers and path', async ([_name, client], { expect, onTestFinished }) => {
    const { io, http, url } = await socketIoServer(onTestFinished, { path: '/deep/chat' });
    const seen: string[] = [];
    const see = ({ url: path, headers }: { url?: string | undefined; headers: Record<string, unknown> }) => {
      const { pathname, searchParams } = new URL(path ?? '', url);
      const query = ['EIO', 'transport', 'a', 'b c', 'room'].map((name) => searchParams.get(name));
      seen.push([pathname, ...query, headers.authorization, headers['x-user'], headers.host].join(' '));
    };
    http.prependListener('request', see).prependListener('upgrade', see);
    const auth = { token: 'tökén', deep: { list: [1, null, 'x'] } };
    const dialect = { path: '/deep/chat', auth, query: { 'b c': 'd&é=', room: 'blue' }, headers: { 'X-User': 'u1' } };
    const place = url.replace('//', '//me:p%40ss@').concat('/?a=1&room=red');
    const { connection, isSettled } = await linkTo(connectorOf, place, onTestFinished, { ...client, dialect });
    const auths: unknown[] = [];
    io.on('connection', ({ handshake }) => auths.push(handshake.auth));
    connection.connect();
    await expect.poll(() => isSettled(client)).toBe(true);
    await expect.poll(() => auths).toEqual([auth]);
    const credentials = `Basic ${btoa('me:p@ss')}`;
    const told = client.transports.map(
      (name) => `/deep/chat/ 4 ${name} 1 d&é= blue ${credentials} u1 ${new URL(url).host}`,
    );
    expect([...new Set(seen)]).toEqual(told);
  });

  test.for([
    ['polling', pollingOnly],
    ['WebSocket', socketOnly],
  ] as const)(
    'over %s and sends an empty auth where there is none',
    async ([_name, client], { expect, onTestFinished }) => {
      const { io, url } = await socketIoServer(onTestFinished);
      const auths: unknown[] = [];
      io.on('connection', ({ handshake }) => auths.push(handshake.auth));
      const { connection } = await linkTo(connectorOf, url, onTestFinished, client);
      connection.connect();
      await expect.poll(() => auths).toEqual([{}]);
    },
  );

  test('and is refused by a middleware', async ({ expect, onTestFinished }) => {
    const { io, url } = await socketIoServer(onTestFinished);
    io.use(({ handshake }, next) => next(handshake.auth.token === 'right' ? undefined : new Error('not you, s3cret')));
    const options = { ...socketOnly, dialect: { auth: { token: 'wrong' } }, secrets: ['s3cret'] };
    const { connection, changes } = await linkTo(connectorOf, url, onTestFinished, options);
    connection.connect();
    const refused = [connecting, opened('websocket'), failed('not you, ***', true)];
    await expect.poll(() => changes).toEqual(refused);
    expect(connection.isConnected).toBe(false);
    expect(connection.transport).toBe('websocket');
    // It is still wanted: to begin anew takes an end.
    connection.connect();
    expect(changes).toHaveLength(3);
    connection.disconnect();
    expect(changes).toHaveLength(3);
    connection.connect();
    await expect.poll(() => changes).toEqual([...refused, ...refused]);
  });

  test('and is refused while it upgrades', async ({ expect, onTestFinished }) => {
    const { io, url } = await socketIoServer(onTestFinished);
    io.use((_socket, next) => next(Object.assign(new Error('full'), { data: { code: 7 } })));
    const { connection, changes, kinds } = await linkTo(connectorOf, url, onTestFinished, pollingFirst);
    connection.connect();
    await expect.poll(kinds).toContain('connectFailed');
    expect(changes.slice(0, 2)).toEqual([connecting, opened('polling', ['websocket'])]);
    expect(changes).toContainEqual(failed('full', true));
  });

  test('to a namespace', async ({ expect, onTestFinished }) => {
    const { io, url } = await socketIoServer(onTestFinished);
    io.on('connection', () => expect.unreachable('nobody connects to the main namespace'));
    io.of('/rooms/blue').on('connection', (socket) => {
      socket.on('ask', (word, ack) => ack(word, socket.handshake.auth));
      socket.emit('hello', 1);
    });
    const options = { ...pollingFirst, dialect: { namespace: '/rooms/blue', auth: { token: 't' } } };
    const { connection, hear, log } = await linkTo(connectorOf, url, onTestFinished, options);
    hear('hello');
    connection.request('ask', ['é'], { timeoutMs: 10_000 }, (reply) => log.push(reply));
    connection.connect();
    await expect.poll(() => log).toContainEqual(['hello', 1]);
    await expect.poll(() => log).toContainEqual({ outcome: 'acked', args: ['é', { token: 't' }] });
  });

  test('to a namespace that does not exist', async ({ expect, onTestFinished }) => {
    const { url } = await socketIoServer(onTestFinished);
    const options = { ...socketOnly, dialect: { namespace: '/nowhere' } };
    const { connection, changes } = await linkTo(connectorOf, url, onTestFinished, options);
    connection.connect();
    await expect.poll(() => changes).toEqual([connecting, opened('websocket'), failed('Invalid namespace', true)]);
  });

  test('and sends cookies back', async ({ expect, onTestFinished }) => {
    const { io, http, url } = await socketIoServer(onTestFinished);
    io.engine.on('initial_headers', (headers: Record<string, string | string[]>) => {
      headers['set-cookie'] = ['node=1; Path=/', 'lang=en; Path=/; HttpOnly'];
    });
    const seen: unknown[] = [];
    http.prependListener('request', ({ headers }) => seen.push(headers.cookie));
    http.prependListener('upgrade', ({ headers }) => seen.push(headers.cookie, 'upgrade'));
    const options = { ...pollingFirst, dialect: { cookies: true } };
    const { connection, isSettled } = await linkTo(connectorOf, url, onTestFinished, options);
    connection.connect();
    await expect.poll(() => isSettled(pollingFirst)).toBe(true);
    expect(seen[0]).toBe(undefined);
    const cookies = 'node=1; lang=en';
    expect([...new Set(seen.slice(1))].sort()).toEqual([cookies, 'upgrade']);
    expect(connection.redact('its lang is en')).toBe('its lang is en');
  });

  test('without cookies where the dialect has none', async ({ expect, onTestFinished }) => {
    const { io, http, url } = await socketIoServer(onTestFinished);
    io.engine.on('initial_headers', (headers: Record<string, string>) => {
      headers['set-cookie'] = 'node=1; Path=/';
    });
    const seen: unknown[] = [];
    http.prependListener('request', ({ headers }) => seen.push(headers.cookie));
    http.prependListener('upgrade', ({ headers }) => seen.push(headers.cookie));
    const { connection, isSettled } = await linkTo(connectorOf, url, onTestFinished, pollingFirst);
    connection.connect();
    await expect.poll(() => isSettled(pollingFirst)).toBe(true);
    expect(new Set(seen)).toEqual(new Set([undefined]));
  });
});

describe.concurrent.each(clients)('%s connects by TLS', (_name, connectorOf) => {
  const pair = selfSigned();

  test.for([
    ['polling', 'insecure', pollingFirst],
    ['polling', 'ca', pollingFirst],
    ['WebSocket', 'insecure', socketOnly],
    ['WebSocket', 'ca', socketOnly],
  ] as const)('over %s with %s', async ([_transport, trust, client], { expect, onTestFinished }) => {
    const { io, url } = await socketIoServer(onTestFinished, {}, { http: createTlsServer(pair), scheme: 'https' });
    io.on('connection', (socket) => socket.on('ask', (word, ack) => ack(word)));
    const folder = mkdtempSync(join(tmpdir(), 'chatstorm-ca-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const ca = join(folder, 'ca.pem');
    writeFileSync(ca, pair.cert);
    const dialect = { tls: trust === 'ca' ? { ca } : { insecure: true } };
    const { connection, isSettled, log } = await linkTo(connectorOf, url, onTestFinished, { ...client, dialect });
    connection.connect();
    await expect.poll(() => isSettled(client)).toBe(true);
    connection.request('ask', ['ü'], { timeoutMs: 10_000 }, (reply) => log.push(reply));
    await expect.poll(() => log.at(-1)).toEqual({ outcome: 'acked', args: ['ü'] });
  });

  test.for([
    ['polling', pollingFirst, /^xhr poll error: self-signed certificate/],
    ['WebSocket', socketOnly, /^websocket error: self-signed certificate/],
  ] as const)(
    'over %s only if the certificate is known',
    async ([_name, client, reason], { expect, onTestFinished }) => {
      const { url } = await socketIoServer(onTestFinished, {}, { http: createTlsServer(pair), scheme: 'https' });
      const { connection, changes } = await linkTo(connectorOf, url, onTestFinished, client);
      connection.connect();
      await expect.poll(() => changes.slice(0, 2)).toEqual([connecting, failed(expect.stringMatching(reason))]);
    },
  );
});
