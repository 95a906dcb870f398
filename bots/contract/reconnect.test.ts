import { setTimeout as pause } from 'node:timers/promises';
import { describe, test } from 'vitest';
import {
  clients,
  connected,
  connecting,
  ended,
  failed,
  linkTo,
  opened,
  overPolling,
  overSocket,
  pollingOnly,
  recovered,
  socketOnly,
} from '../../test/support/contract/clients.ts';
import { socketIoServer } from '../../test/support/contract/servers.ts';
import { wireServer } from '../../test/support/contract/wire.ts';

/** A second, by half less at the least. */
const LEAST_BACKOFF_MS = 500;
const closed = 'http://127.0.0.1:9';
const refused = failed('websocket error: connect ECONNREFUSED 127.0.0.1:9');
const both = [
  ['WebSocket', socketOnly, overSocket, 'transport close'],
  ['polling', pollingOnly, overPolling, 'transport error'],
] as const;

describe.concurrent.each(clients)('%s reconnects', (_name, connectorOf) => {
  test('after a second, then two, by half more or less', async ({ expect, onTestFinished }) => {
    const { connection, changes } = await linkTo(connectorOf, closed, onTestFinished, socketOnly);
    const at: number[] = [];
    connection.watch(() => at.push(performance.now()));
    connection.connect();
    await expect.poll(() => changes).toEqual([connecting, refused, connecting, refused, connecting, refused]);
    const [first, second] = [at[2]! - at[1]!, at[4]! - at[3]!];
    expect(first).toBeGreaterThan(450);
    expect(first).toBeLessThan(2500);
    expect(second).toBeGreaterThan(950);
    expect(second).toBeLessThan(4000);
  });

  test('after a second again once it was connected', async ({ expect, onTestFinished }) => {
    const refusals = [true, true, false, false];
    const { url, http, cut } = await wireServer(onTestFinished);
    http.prependListener('upgrade', (_request, socket) => refusals.shift() && socket.destroy());
    const { connection, changes } = await linkTo(connectorOf, url, onTestFinished, socketOnly);
    const at: number[] = [];
    connection.watch(() => at.push(performance.now()));
    connection.connect();
    await expect.poll(() => connection.isConnected).toBe(true);
    cut();
    const hungUp = [connecting, failed('websocket error: socket hang up')];
    await expect
      .poll(() => changes)
      .toEqual([...hungUp, ...hungUp, ...overSocket, ended('transport close'), ...overSocket]);
    expect(at[8]! - at[7]!).toBeGreaterThan(450);
    expect(at[8]! - at[7]!).toBeLessThan(2500);
  });

  test('only where it may', async ({ expect, onTestFinished }) => {
    const { io, url } = await socketIoServer(onTestFinished);
    io.use(({ handshake }, next) => next(handshake.auth.no ? new Error('no') : undefined));
    io.on('connection', (socket) => socket.on('leave', () => socket.disconnect(true)));
    const options = { ...socketOnly, dialect: { auth: { no: true } } };
    const unwanted = await linkTo(connectorOf, url, onTestFinished, options);
    const [left, leaving] = await Promise.all([1, 2].map(() => linkTo(connectorOf, url, onTestFinished, socketOnly)));
    for (const { connection } of [unwanted, left!, leaving!]) connection.connect();
    await expect.poll(() => unwanted.changes).toHaveLength(3);
    for (const { changes } of [left!, leaving!]) await expect.poll(() => changes).toEqual(overSocket);
    left!.connection.emit('leave', []);
    leaving!.connection.disconnect();
    await expect.poll(() => left!.changes).toHaveLength(4);
    // By the time that one has tried twice again, all others would have tried once.
    const { connection, changes } = await linkTo(connectorOf, closed, onTestFinished, socketOnly);
    connection.connect();
    await expect.poll(() => changes).toEqual([connecting, refused, connecting, refused, connecting, refused]);
    expect(unwanted.changes).toEqual([connecting, opened('websocket'), failed('no', true)]);
    expect(left!.changes).toEqual([...overSocket, ended('io server disconnect')]);
    expect(leaving!.changes).toEqual([...overSocket, ended('io client disconnect')]);
  });

  test.for(both)('and recovers its session over %s', async ([, client, open, reason], context) => {
    const { expect, onTestFinished } = context;
    const { io, url, cut } = await socketIoServer(onTestFinished, { connectionStateRecovery: {} });
    const { connection, changes, log, hear } = await linkTo(connectorOf, url, onTestFinished, client);
    const heard: unknown[] = [];
    io.on('connection', (socket) => {
      socket.on('say', (n) => heard.push(n));
      socket.data.seen = socket.recovered;
    });
    hear('news');
    connection.connect();
    await expect.poll(() => connection.isConnected).toBe(true);
    // What the server keeps for later goes out with its place as one more argument.
    io.emit('news', 'first');
    const at = expect.any(String);
    await expect.poll(() => log.at(-1)).toEqual(['news', 'first', at]);
    connection.watch(({ kind }) => {
      if (kind === 'disconnected') connection.emit('say', ['meanwhile']);
    });
    cut();
    await expect.poll(() => io.sockets.sockets.size).toBe(0);
    for (const word of ['second', 'third']) io.emit('news', word);
    await expect.poll(() => changes).toEqual([...open, ended(reason), ...open.slice(0, 2), recovered]);
    expect(log.slice(3)).toEqual([
      ['news', 'first', at],
      'disconnected',
      'connecting',
      'opened',
      ['news', 'second', at],
      ['news', 'third', at],
      'connected',
    ]);
    await expect.poll(() => heard).toEqual(['meanwhile']);
    io.emit('news', 'fourth');
    await expect.poll(() => log.at(-1)).toEqual(['news', 'fourth', at]);
  });

  test('without its session where it had received nothing', async ({ expect, onTestFinished }) => {
    const { io, url, cut } = await socketIoServer(onTestFinished, { connectionStateRecovery: {} });
    const { connection, changes, log, hear } = await linkTo(connectorOf, url, onTestFinished, socketOnly);
    hear('news');
    connection.connect();
    await expect.poll(() => connection.isConnected).toBe(true);
    cut();
    await expect.poll(() => io.sockets.sockets.size).toBe(0);
    io.emit('news', 'missed');
    await expect.poll(() => changes).toEqual([...overSocket, ended('transport close'), ...overSocket]);
    io.emit('news', 'heard');
    await expect.poll(() => log.at(-1)).toEqual(['news', 'heard', expect.any(String)]);
    expect(log).toHaveLength(8);
  });

  test('and tells the server what it knows of its session', async ({ expect, onTestFinished }) => {
    const said = [[], ['42["a",1,"o1"]', '42["b",2]'], ['42["c"]']];
    let connects = 0;
    const { url, peers } = await wireServer(onTestFinished, {
      connect: (peer) => {
        const events = said[connects++];
        peer.texts(`40{"sid":"n","pid":"${connects < 3 ? 'p' : 'q'}"}`, ...(events ?? []));
        if (events) peer.socket.end();
      },
    });
    const dialect = { auth: { name: 'n' } };
    const { connection, changes } = await linkTo(connectorOf, url, onTestFinished, { ...socketOnly, dialect });
    connection.connect();
    await expect.poll(() => changes.filter(({ kind }) => kind === 'connected')).toHaveLength(4);
    expect(changes.filter(({ kind }) => kind === 'connected')).toEqual([connected, recovered, connected, recovered]);
    // Where the last of an event's texts is its name, that is told, too.
    expect(peers.map(({ heard }) => heard[0])).toEqual([
      '40{"name":"n"}',
      '40{"pid":"p","name":"n"}',
      '40{"pid":"p","offset":"o1","name":"n"}',
      '40{"pid":"q","offset":"c","name":"n"}',
    ]);
  });

  test('to a server that has begun anew', async ({ expect, onTestFinished }) => {
    const before = await socketIoServer(onTestFinished, { connectionStateRecovery: {} });
    const { connection, changes, log, hear } = await linkTo(connectorOf, before.url, onTestFinished, socketOnly);
    hear('news');
    connection.connect();
    await expect.poll(() => connection.isConnected).toBe(true);
    before.io.emit('news', 'first');
    await expect.poll(() => log).toHaveLength(4);
    await before.io.close();
    const port = Number(new URL(before.url).port);
    await expect.poll(() => changes).toHaveLength(4);
    const after = await socketIoServer(onTestFinished, { connectionStateRecovery: {} }, { port });
    await expect.poll(() => connection.isConnected).toBe(true);
    const told = [...overSocket, ended('transport close'), ...overSocket];
    expect(changes).toEqual(told);
    after.io.emit('news', 'second');
    await expect.poll(() => log.at(-1)).toEqual(['news', 'second', expect.any(String)]);
  });

  test.for([
    ['WebSocket', socketOnly, ['127.0.0.1', '127.0.0.2']],
    ['polling', pollingOnly, ['127.0.0.1', '127.0.0.2']],
  ] as const)('from another network over %s', async ([transport, client, addresses], { expect, onTestFinished }) => {
    const { io, url } = await socketIoServer(onTestFinished);
    const from: string[] = [];
    io.on('connection', ({ handshake }) => from.push(handshake.address));
    const { connection, changes } = await linkTo(connectorOf, url, onTestFinished, client);
    connection.connect();
    await expect.poll(() => connection.isConnected).toBe(true);
    connection.changeNetwork('127.0.0.2');
    const open = transport === 'polling' ? overPolling : overSocket;
    await expect.poll(() => changes).toEqual([...open, ended('forced close'), ...open]);
    expect(from).toEqual(addresses);
  });

  test.for(both)('only when it is told to, over %s', async ([, client, overLink], { expect, onTestFinished }) => {
    const { url } = await socketIoServer(onTestFinished);
    const { connection, changes } = await linkTo(connectorOf, url, onTestFinished, client);
    connection.connect();
    await expect.poll(() => connection.isConnected).toBe(true);
    connection.stayAway();
    connection.dropLink();
    await expect.poll(() => changes).toEqual([...overLink, ended('forced close')]);
    // A client of its own accord would try again at most a second and a half later.
    await new Promise((resolve) => setTimeout(resolve, 1600));
    expect(changes).toEqual([...overLink, ended('forced close')]);
    connection.comeBack();
    await expect.poll(() => changes).toEqual([...overLink, ended('forced close'), ...overLink]);
  });

  test('at once on a new link, where it gives up one that is still open', async ({ expect, onTestFinished }) => {
    const { url } = await socketIoServer(onTestFinished);
    const { connection, changes } = await linkTo(connectorOf, url, onTestFinished, socketOnly);
    connection.connect();
    await expect.poll(() => connection.isConnected).toBe(true);
    connection.stayAway();
    connection.comeBack();
    // A timer of the same process: whatever is due before it comes before it, however busy the machine is.
    const soon = pause(LEAST_BACKOFF_MS - 100).then(() => [...changes]);
    await expect.poll(() => changes).toEqual([...overSocket, ended('forced close'), ...overSocket]);
    expect((await soon).slice(overSocket.length, overSocket.length + 2)).toEqual([ended('forced close'), connecting]);
  });
});
