import { describe, test } from 'vitest';
import {
  clients,
  type LinkOptions,
  linkTo,
  pollingFirst,
  pollingOnly,
  socketOnly,
} from '../../test/support/contract/clients.ts';
import { echo, timeoutMs } from '../../test/support/contract/echo.ts';
import { socketIoServer } from '../../test/support/contract/servers.ts';

const ways: readonly (readonly [string, LinkOptions])[] = [
  ['WebSocket', socketOnly],
  ['polling', pollingOnly],
  ['both', pollingFirst],
  ['WebSocket with msgpack', { ...socketOnly, dialect: { parser: 'msgpack' } }],
  ['polling with msgpack', { ...pollingOnly, dialect: { parser: 'msgpack' } }],
];

/** As `values` arrive, a Buffer stays a Buffer and everything else is as JSON has it. */
const lists: readonly (readonly unknown[])[] = [
  [],
  [''],
  [1, -1.5, true, false, null, 'text'],
  [[], {}, [[]], [{ a: [{ b: { c: ['d', null] } }] }]],
  ['é', '日本語', '😀', '\u0000\u001e\u001f\u2028"\\\n', '42["x"]', '{"_placeholder":true}'],
  [{ '': '', 'é "': 'ü', __proto: 1 }],
  ['x'.repeat(70_000), 'é'.repeat(40_000)],
  Array.from({ length: 40 }, (_, at) => at),
];

describe.concurrent.each(clients)('%s', (_name, connectorOf) => {
  test.for(ways)('sends and receives events over %s', async ([, options], { expect, onTestFinished }) => {
    const { connection, isSettled, heard, log, hear } = await echo(connectorOf, onTestFinished, options);
    connection.connect();
    await expect.poll(() => isSettled(options)).toBe(true);
    hear('say');
    for (const args of lists) connection.emit('say', args);
    const told = lists.map((args) => ['say', ...args]);
    await expect.poll(() => heard).toEqual(told);
    await expect.poll(() => log.filter((entry) => typeof entry !== 'string')).toEqual(told);
  });

  test.for(ways)('sends and receives binary over %s', async ([, options], { expect, onTestFinished }) => {
    const { connection, isSettled, heard, log, hear, ask } = await echo(connectorOf, onTestFinished, options);
    connection.connect();
    await expect.poll(() => isSettled(options)).toBe(true);
    const big = Buffer.alloc(70_000, 'abc');
    const args = [Buffer.from([0, 255, 30, 10]), { deep: [{ file: big, name: 'é' }, Buffer.alloc(0)] }, 'end'];
    hear('file');
    connection.emit('file', args);
    await expect.poll(() => log.at(-1)).toEqual(['file', ...args]);
    expect(heard).toEqual([['file', ...args]]);
    expect(await ask('files', args)).toEqual({ outcome: 'acked', args });
    const ten = Array.from({ length: 10 }, (_, at) => Buffer.of(at));
    expect(await ask('ten', ten)).toEqual({ outcome: 'acked', args: ten });
  });

  test.for(ways.slice(0, 2))('sends no more than a view of bytes shows over %s', async ([, options], context) => {
    const { expect, onTestFinished } = context;
    const { connection, heard } = await echo(connectorOf, onTestFinished, options);
    connection.connect();
    connection.emit('file', [new Uint8Array([9, 1, 2, 9]).subarray(1, 3), new Uint8Array([3]).buffer]);
    await expect.poll(() => heard).toEqual([['file', Buffer.from([1, 2]), Buffer.from([3])]]);
  });

  test.for(ways)('asks and is asked over %s', async ([, options], { expect, onTestFinished }) => {
    const { io, connection, isSettled, ask } = await echo(connectorOf, onTestFinished, options);
    connection.on('ask', (args) => (args.at(-1) as (...args: unknown[]) => void)(args.length, ...args.slice(0, -1)));
    connection.connect();
    await expect.poll(() => isSettled(options)).toBe(true);
    const replies = await Promise.all(lists.map((args) => ask('ask', args)));
    expect(replies).toEqual(lists.map((args) => ({ outcome: 'acked', args })));
    const server = [...io.sockets.sockets.values()][0]!;
    const asked = (...args: unknown[]) =>
      new Promise((resolve) =>
        server
          .timeout(timeoutMs)
          .emit('ask', ...args, (error: unknown, ...answer: unknown[]) => resolve(error ?? answer)),
      );
    expect(await asked()).toEqual([1]);
    expect(await asked('é', { deep: [''] })).toEqual([3, 'é', { deep: [''] }]);
    expect(await asked(Buffer.from('bytes'), [Buffer.from('more')])).toEqual([
      3,
      Buffer.from('bytes'),
      [Buffer.from('more')],
    ]);
    expect(await server.timeout(timeoutMs).emitWithAck('ask', 'once')).toBe(2);
  });

  test('sends what JSON makes of other values', async ({ expect, onTestFinished }) => {
    const { connection, heard } = await echo(connectorOf, onTestFinished, socketOnly);
    connection.connect();
    const values = [undefined, Number.NaN, new Date(0), { gone: undefined, kept: { toJSON: () => 'j' } }, [undefined]];
    connection.emit('say', values);
    const told = ['say', null, null, '1970-01-01T00:00:00.000Z', { kept: 'j' }, [null]];
    await expect.poll(() => heard).toEqual([told]);
  });

  test.for([125, 126, 127, 65_535, 65_536, 65_537])('sends and receives frames of %d bytes', async (bytes, context) => {
    const { expect, onTestFinished } = context;
    const { io, url } = await socketIoServer(onTestFinished);
    const sizes: number[] = [];
    io.on('connection', (socket) => {
      socket.conn.on('packet', ({ data }) => sizes.push(1 + (data?.length ?? 0)));
      socket.on('s', (text) => socket.emit('s', text));
    });
    const { connection, log, hear } = await linkTo(connectorOf, url, onTestFinished, socketOnly);
    hear('s');
    connection.connect();
    const text = 'a'.repeat(bytes - '42["s",""]'.length);
    connection.emit('s', [text]);
    await expect.poll(() => log.at(-1)).toEqual(['s', text]);
    expect(sizes).toEqual([bytes]);
  });

  test('speaks with a server that compresses', async ({ expect, onTestFinished }) => {
    const { io, url } = await socketIoServer(onTestFinished, { perMessageDeflate: { threshold: 0 } });
    io.on('connection', (socket) => socket.on('say', (...args) => socket.emit('say', ...args)));
    const { connection, log, hear } = await linkTo(connectorOf, url, onTestFinished, socketOnly);
    hear('say');
    connection.connect();
    for (const args of lists) connection.emit('say', args);
    await expect
      .poll(() => log)
      .toEqual(['connecting', 'opened', 'connected', ...lists.map((args) => ['say', ...args])]);
  });

  test('keeps events of both ways in order while it upgrades', async ({ expect, onTestFinished }) => {
    const { io, url } = await socketIoServer(onTestFinished);
    const heard: unknown[] = [];
    let isUpgraded = false;
    io.on('connection', async (socket) => {
      socket.on('up', (n) => heard.push(n));
      socket.conn.on('upgrade', () => {
        isUpgraded = true;
      });
      for (let n = 0; n < 2000 || !isUpgraded; n++) {
        socket.emit('down', n);
        if (n % 10 === 0) await new Promise(setImmediate);
      }
      socket.emit('end');
    });
    const { connection, changes, kinds } = await linkTo(connectorOf, url, onTestFinished, pollingFirst);
    const received: unknown[] = [];
    let [sent, isOver] = [0, false];
    connection.on('down', ([n]) => received.push(n));
    connection.on('end', () => {
      isOver = true;
    });
    connection.watch(async ({ kind }) => {
      if (kind !== 'connected') return;
      for (; sent < 2000 || !kinds().includes('upgraded'); sent++) {
        connection.emit('up', [sent]);
        if (sent % 10 === 0) await new Promise(setImmediate);
      }
    });
    connection.connect();
    await expect.poll(() => isOver).toBe(true);
    await expect.poll(() => sent).toBeGreaterThanOrEqual(2000);
    await expect.poll(() => heard.length).toBe(sent);
    expect(heard).toEqual(heard.map((_, n) => n));
    expect(received.length).toBeGreaterThanOrEqual(2000);
    expect(received).toEqual(received.map((_, n) => n));
    expect(changes).toHaveLength(4);
  });

  test('calls every listener of an event, and none of others', async ({ expect, onTestFinished }) => {
    const { io, url } = await socketIoServer(onTestFinished);
    io.on('connection', (socket) => socket.emit('unknown', 1) && socket.emit('news', 1) && socket.emit('end'));
    const { connection, log } = await linkTo(connectorOf, url, onTestFinished, socketOnly);
    for (const n of [1, 2]) connection.on('news', (args) => log.push([n, ...args]));
    connection.on('end', () => log.push('end'));
    connection.connect();
    await expect.poll(() => log).toEqual(['connecting', 'opened', 'connected', [1, 1], [2, 1], 'end']);
  });

  test.for(['connect', 'connect_error', 'disconnect', 'disconnecting', 'newListener', 'removeListener'])(
    'emits no event by the name %s',
    async (event, { expect, onTestFinished }) => {
      const { connection } = await linkTo(connectorOf, 'http://127.0.0.1:9', onTestFinished, socketOnly);
      const message = `"${event}" is a reserved event name`;
      expect(() => connection.emit(event, [])).toThrow(message);
      expect(() => connection.request(event, [], { timeoutMs }, () => {})).toThrow(message);
    },
  );
});
