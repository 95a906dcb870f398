import { describe, test } from 'vitest';
import {
  type ConnectorOf,
  clients,
  connected,
  connecting,
  ended,
  type Finish,
  failed,
  linkTo,
  opened,
} from '../test/support/contract-clients.ts';
import { openPacket } from '../test/support/contract-servers.ts';
import { frame, type WireScript, wireServer } from '../test/support/contract-wire.ts';
import { clientOrders } from './client-orders.ts';

const socketOnly = clientOrders['websocket-only'];
const overSocket = [connecting, opened('websocket'), connected];
const kinds = ['connecting', 'opened', 'connected'];
const isFinal = { fin: false };
const more = { opcode: 0 };
const moreToCome = { opcode: 0, fin: false };
const ping = { opcode: 9 };
const close = { opcode: 8 };
const binary = { opcode: 2 };

/** A link to a server that speaks by hand, which listens for `say` and `end`. */
async function talk(connectorOf: ConnectorOf, finish: Finish, script: WireScript = {}) {
  const { url, peers } = await wireServer(finish, script);
  const link = await linkTo(connectorOf, url, finish, socketOnly);
  link.hear('say');
  link.hear('end');
  link.connection.connect();
  return { ...link, peers };
}

const fine: readonly (readonly [string, readonly Buffer[], ...unknown[]])[] = [
  ['a text in pieces', [frame('42["sa', isFinal), frame('y",', moreToCome), frame('1]', more)], [1]],
  ['an empty piece', [frame('', isFinal), frame('42["say"]', moreToCome), frame('', more)], []],
  [
    'pieces that divide a character',
    [frame(Buffer.from('42["say","é"]').subarray(0, 11), isFinal), frame(Buffer.from('é"]').subarray(1), more)],
    ['é'],
  ],
  [
    'pings and pongs within a text',
    [frame('42["say"', isFinal), frame('a', ping), frame('b', { opcode: 10 }), frame(']', more)],
    [],
  ],
  ['several frames at once', [frame('42["say",1]'), frame('42["say",2]'), frame('2')], [1], [2]],
  [
    'binary in pieces',
    [
      frame('451-["say",{"_placeholder":true,"num":0}]'),
      frame('by', { opcode: 2, fin: false }),
      frame('?', ping),
      frame('tes', more),
    ],
    [Buffer.from('bytes')],
  ],
  [
    'attachments in another order',
    [
      frame('452-["say",{"_placeholder":true,"num":1},{"_placeholder":true,"num":0}]'),
      frame('a', binary),
      frame('b', binary),
    ],
    [Buffer.from('b'), Buffer.from('a')],
  ],
  [
    'an attachment used twice',
    [frame('451-["say",{"_placeholder":true,"num":0},[{"_placeholder":true,"num":0}]]'), frame('a', binary)],
    [Buffer.from('a'), [Buffer.from('a')]],
  ],
];

const wrongFrames: readonly (readonly [string, ...Buffer[]])[] = [
  ['masked', frame('42["say"]', { mask: true })],
  ['with the first reserved bit', frame('42["say"]', { rsv: 4 })],
  ['with the second reserved bit', frame('42["say"]', { rsv: 2 })],
  ['with the third reserved bit', frame('42["say"]', { rsv: 1 })],
  ['of an unknown kind', frame('42["say"]', { opcode: 3 })],
  ['of an unknown kind of control', frame('', { opcode: 11 })],
  ['that pings with too much', frame('x'.repeat(126), ping)],
  ['that pings in pieces', frame('x', { ...ping, fin: false })],
  ['that goes on with nothing', frame('42["say"]', more)],
  ['within another', frame('42["sa', isFinal), frame('42["say"]')],
  ['of invalid UTF-8', frame(Buffer.from([0x34, 0x32, 0xc3, 0x28]))],
  ['of half a character', frame(Buffer.from([0x34, 0x32, 0xc3]))],
  ['of a surrogate', frame(Buffer.from([0x34, 0xed, 0xa0, 0x80]))],
  ['that closes with one byte', frame('x', close)],
  ['that closes with a code that must not be sent', frame(Buffer.from([0x03, 0xed]), close)],
  ['that closes with an unknown code', frame(Buffer.from([0x00, 0x01]), close)],
  ['that closes with invalid UTF-8', frame(Buffer.from([0x03, 0xe8, 0xc3]), close)],
  ['that announces 200 MiB', frame('', { length: 200 * 1024 * 1024 })],
  ['that announces more than can be counted', Buffer.from([0x81, 127, 0x7f, 255, 255, 255, 255, 255, 255, 255])],
];

const closes: readonly (readonly [string, ...Buffer[]])[] = [
  ['a close frame', frame('', close)],
  ['a close frame with a code', frame(Buffer.from([0x03, 0xe9, 0x62, 0x79, 0x65]), close)],
  ['a close frame with an error', frame(Buffer.from([0x03, 0xf3]), close)],
  ['the end within a frame', frame('42["say"', { length: 20 })],
  ['the end within a header', frame('').subarray(0, 1)],
  ['the end within a long header', frame('', { length: 70_000 }).subarray(0, 5)],
  ['the end within pieces', frame('42["say"', isFinal)],
];

const wrongPackets: readonly (readonly [text: string, reason: string])[] = [
  ['', 'transport error'],
  ['9', 'transport error'],
  ['x42["say"]', 'transport error'],
  ['b!!', 'parse error'],
  ...[
    '4',
    '49',
    '4a',
    '40[]',
    '40"x"',
    '41{}',
    '42{}',
    '42"say"',
    '42null',
    '42[]',
    '42[null]',
    '42["x"',
    '42["say"]]',
  ].map((text) => [text, 'parse error'] as const),
  ...['42["connect"]', '42["connect_error"]', '42["disconnect"]', '42["disconnecting"]'].map(
    (text) => [text, 'parse error'] as const,
  ),
  ...['43{}', '430"x"', '44[]', '45', '45["say"]', '45-["say"]', '450-["say"]', '45x-["say"]', '451.5-["say"]'].map(
    (text) => [text, 'parse error'] as const,
  ),
  ...['451-["x"', '4511-["say"]', '461-{}'].map((text) => [text, 'parse error'] as const),
];

const nothing = [
  '1',
  '3',
  '5',
  '6',
  '6x',
  '42/["say"]',
  '421',
  '43',
  '437[]',
  '42/other,["say"]',
  '42["unknown"]',
  '40/other,{"sid":"o"}',
];

describe.concurrent.each(clients)('%s takes', (_name, connectorOf) => {
  test.for(fine)('%s', async ([, frames, ...said], { expect, onTestFinished }) => {
    const { connection, peers, log, changes } = await talk(connectorOf, onTestFinished);
    await expect.poll(() => connection.isConnected).toBe(true);
    peers[0]!.raw(...frames, frame('42["end"]'));
    await expect.poll(() => log.at(-1)).toEqual(['end']);
    expect(log.slice(3, -1)).toEqual(said.map((args) => ['say', ...(args as unknown[])]));
    expect(changes).toEqual(overSocket);
  });

  test.for(fine)('%s, byte by byte', async ([, frames, ...said], { expect, onTestFinished }) => {
    const { connection, peers, log, changes } = await talk(connectorOf, onTestFinished, {
      send: (peer, answer) => peer.crumbs(answer),
    });
    await expect.poll(() => connection.isConnected).toBe(true);
    const long = frame(`42["say","${'x'.repeat(200)}"]`);
    await peers[0]!.crumbs(Buffer.concat([...frames, long, frame('42["end"]')]));
    await expect.poll(() => log.at(-1)).toEqual(['end']);
    expect(log.slice(3, -1)).toEqual([...said, ['x'.repeat(200)]].map((args) => ['say', ...(args as unknown[])]));
    expect(changes).toEqual(overSocket);
  });

  test('a session opened together with the answer to the upgrade', async ({ expect, onTestFinished }) => {
    const { log, peers } = await talk(connectorOf, onTestFinished, {
      send: async ({ socket }, answer) => {
        socket.write(Buffer.concat([answer, frame(openPacket()), frame('40{"sid":"n"}'), frame('42["say",1]')]));
      },
      begin: () => {},
      connect: (peer) => peer.texts('42["end"]'),
    });
    await expect.poll(() => log).toEqual([...kinds, ['say', 1], ['end']]);
    expect(peers).toHaveLength(1);
  });

  test('pings, and answers them as they are', async ({ expect, onTestFinished }) => {
    const { connection, peers } = await talk(connectorOf, onTestFinished);
    await expect.poll(() => connection.isConnected).toBe(true);
    const [small, big] = [Buffer.alloc(0), Buffer.alloc(125, 'é')];
    peers[0]!.raw(frame(small, ping), frame(big, ping), frame('2'), frame('2probe'));
    await expect.poll(() => peers[0]!.heard).toEqual(['40{}', [10, small], [10, big], '3', '3']);
  });

  test.for(wrongFrames)('no frame %s', async ([, ...frames], { expect, onTestFinished }) => {
    const { connection, peers, changes, log } = await talk(connectorOf, onTestFinished);
    await expect.poll(() => connection.isConnected).toBe(true);
    peers[0]!.raw(...frames, frame('42["say","never"]'));
    await expect.poll(() => changes.slice(0, 4)).toEqual([...overSocket, ended('transport error')]);
    expect(log.slice(0, 4)).toEqual([...kinds, 'disconnected']);
  });

  test('no wrong frame before it is connected', async ({ expect, onTestFinished }) => {
    const { changes } = await talk(connectorOf, onTestFinished, {
      connect: (peer) => peer.raw(frame('42["say"]', { mask: true })),
    });
    const reason = 'websocket error: Invalid WebSocket frame: MASK must be clear';
    const told = [connecting, opened('websocket'), failed(reason), ended('transport error'), connecting];
    await expect.poll(() => changes.slice(0, 5)).toEqual(told);
  });

  test.for(closes)('%s as its end', async ([, ...frames], { expect, onTestFinished }) => {
    const { connection, peers, changes, log } = await talk(connectorOf, onTestFinished);
    await expect.poll(() => connection.isConnected).toBe(true);
    peers[0]!.raw(frame('42["say"]'), ...frames);
    peers[0]!.socket.end();
    await expect.poll(() => changes.slice(0, 4)).toEqual([...overSocket, ended('transport close')]);
    expect(log.slice(3, 5)).toEqual([['say'], 'disconnected']);
  });

  test.for(wrongPackets)('no packet such as %s', async ([text, reason], { expect, onTestFinished }) => {
    const { connection, peers, changes } = await talk(connectorOf, onTestFinished);
    await expect.poll(() => connection.isConnected).toBe(true);
    peers[0]!.texts(text);
    await expect.poll(() => changes.slice(0, 4)).toEqual([...overSocket, ended(reason)]);
  });

  // socket.io-client gives it a turn later, and thus with the next connection.
  test('an event right before a malformed packet once', async ({ expect, onTestFinished }) => {
    const { connection, peers, log, changes } = await talk(connectorOf, onTestFinished);
    await expect.poll(() => connection.isConnected).toBe(true);
    peers[0]!.texts('42["say"]', '42{}');
    await expect.poll(() => changes).toEqual([...overSocket, ended('parse error'), ...overSocket]);
    expect(log.filter((entry) => typeof entry !== 'string')).toEqual([['say']]);
  });

  test.for([
    ['binary without a header', [frame('x', binary)]],
    ['a text between attachments', [frame('452-["say"]'), frame('a', binary), frame('42["say"]')]],
    ['an attachment too many', [frame('451-["say"]'), frame('a', binary), frame('b', binary)]],
    ['an attachment that there is not', [frame('451-["say",{"_placeholder":true,"num":1}]'), frame('a', binary)]],
    ['a negative attachment', [frame('451-["say",{"_placeholder":true,"num":-1}]'), frame('a', binary)]],
    ['an attachment by name', [frame('451-["say",{"_placeholder":true,"num":"0"}]'), frame('a', binary)]],
  ] as const)('no %s', async ([, frames], { expect, onTestFinished }) => {
    const { connection, peers, changes } = await talk(connectorOf, onTestFinished);
    await expect.poll(() => connection.isConnected).toBe(true);
    peers[0]!.raw(...frames);
    await expect.poll(() => changes).toEqual([...overSocket, ended('parse error'), ...overSocket]);
  });

  test('nothing from packets that mean nothing to it', async ({ expect, onTestFinished }) => {
    const { connection, peers, log } = await talk(connectorOf, onTestFinished);
    await expect.poll(() => connection.isConnected).toBe(true);
    peers[0]!.texts(...nothing, '42["end"]');
    await expect.poll(() => log.at(-1)).toEqual(['end']);
    expect(log).toEqual([...kinds, ['end']]);
    expect(peers[0]!.heard).toEqual(['40{}']);
  });

  test('an event by a number', async ({ expect, onTestFinished }) => {
    const { connection, peers, log, hear } = await talk(connectorOf, onTestFinished);
    hear('7');
    await expect.poll(() => connection.isConnected).toBe(true);
    peers[0]!.texts('42[7,"x"]');
    await expect.poll(() => log.at(-1)).toEqual(['7', 'x']);
  });

  test('one answer to each request', async ({ expect, onTestFinished }) => {
    const { connection, peers, log } = await talk(connectorOf, onTestFinished);
    await expect.poll(() => connection.isConnected).toBe(true);
    for (const n of [0, 1, 2])
      connection.request('ask', [n], { timeoutMs: 10_000 }, (reply) =>
        log.push([n, reply.outcome, 'args' in reply && reply.args]),
      );
    await expect.poll(() => peers[0]!.heard).toEqual(['40{}', '420["ask",0]', '421["ask",1]', '422["ask",2]']);
    peers[0]!.texts('431["one"]', '431["again"]', '430[]', '461-2[{"_placeholder":true,"num":0},null]');
    peers[0]!.raw(frame('bytes', binary));
    peers[0]!.texts('42["end"]');
    await expect.poll(() => log.at(-1)).toEqual(['end']);
    const told = [
      [1, 'acked', ['one']],
      [0, 'acked', []],
      [2, 'acked', [Buffer.from('bytes'), null]],
    ];
    expect(log.slice(3, -1)).toEqual(told);
  });

  test('a request of the server, and answers it once', async ({ expect, onTestFinished }) => {
    const { connection, peers } = await talk(connectorOf, onTestFinished);
    connection.on('ask', (args) => {
      const answer = args.at(-1) as (...args: unknown[]) => void;
      answer(args.length, Buffer.from('b'));
      answer('again');
    });
    await expect.poll(() => connection.isConnected).toBe(true);
    peers[0]!.texts('4212["ask"]', '420["ask",1]');
    const placeholder = '{"_placeholder":true,"num":0}';
    const bytes = [2, Buffer.from('b')];
    const told = ['40{}', `461-12[1,${placeholder}]`, bytes, `461-0[2,${placeholder}]`, bytes];
    await expect.poll(() => peers[0]!.heard).toEqual(told);
  });

  test('events before it is connected, and tells of them first', async ({ expect, onTestFinished }) => {
    const { log } = await talk(connectorOf, onTestFinished, {
      connect: (peer) => peer.texts('42["say",1]', '42["say",2]', '40{"sid":"n"}', '42["end"]'),
    });
    await expect.poll(() => log).toEqual(['connecting', 'opened', ['say', 1], ['say', 2], 'connected', ['end']]);
  });

  test.for([
    ['44{"message":"no"}', 'no'],
    ['44{"message":"no","data":{"code":1}}', 'no'],
    ['44{}', ''],
    ['44"no"', ''],
  ] as const)('%s as a refusal', async ([text, reason], { expect, onTestFinished }) => {
    const { changes, peers } = await talk(connectorOf, onTestFinished, { connect: (peer) => peer.texts(text) });
    await expect.poll(() => changes).toEqual([connecting, opened('websocket'), failed(reason, true)]);
    await expect.poll(() => peers[0]!.heard).toEqual(['40{}', [8, Buffer.alloc(0)]]);
  });

  test('a connection without an id as that of an old server', async ({ expect, onTestFinished }) => {
    const { changes } = await talk(connectorOf, onTestFinished, {
      connect: (peer) => peer.texts('40', '40{}', '40{"sid":"n"}'),
    });
    const old = failed(
      'It seems you are trying to reach a Socket.IO server in v2.x with a v3.x client, but they are not compatible (more information here: https://socket.io/docs/v3/migrating-from-2-x-to-3-0/)',
    );
    await expect.poll(() => changes).toEqual([connecting, opened('websocket'), old, old, connected]);
  });

  test('the namespace connected twice', async ({ expect, onTestFinished }) => {
    const { changes } = await talk(connectorOf, onTestFinished, {
      connect: (peer) => peer.texts('40{"sid":"n"}', '40{"sid":"m"}'),
    });
    await expect.poll(() => changes).toEqual([...overSocket, connected]);
  });
});
