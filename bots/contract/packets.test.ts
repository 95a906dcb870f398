import { describe, test } from 'vitest';
import {
  clients,
  connected,
  connecting,
  ended,
  failed,
  opened,
  overSocket,
} from '../../test/support/contract/clients.ts';
import { openPacket } from '../../test/support/contract/servers.ts';
import { talk } from '../../test/support/contract/talk.ts';
import { frame } from '../../test/support/contract/wire.ts';

const kinds = ['connecting', 'opened', 'connected'];
const binary = { opcode: 2 };

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

  test('no packets before the session is opened', async ({ expect, onTestFinished }) => {
    const { log, peers } = await talk(connectorOf, onTestFinished, {
      begin: (peer) => peer.texts('42["say"]', '40{"sid":"n"}', openPacket()),
      connect: (peer) => peer.texts('42["end"]', '40{"sid":"n"}'),
    });
    await expect.poll(() => log).toEqual(['connecting', 'opened', ['end'], 'connected']);
    expect(peers[0]!.heard).toContain('40{}');
  });

  test('a session without a limit to what it takes', async ({ expect, onTestFinished }) => {
    const { changes } = await talk(connectorOf, onTestFinished, {
      begin: (peer) => peer.texts('0{"sid":"s","upgrades":[],"pingInterval":60000,"pingTimeout":50000}'),
    });
    const handshake = { pingIntervalMs: 60_000, pingTimeoutMs: 50_000, maxPayloadBytes: null, upgrades: [] };
    await expect
      .poll(() => changes)
      .toEqual([connecting, { kind: 'opened', transport: 'websocket', handshake }, connected]);
  });

  test('the namespace connected twice', async ({ expect, onTestFinished }) => {
    const { changes } = await talk(connectorOf, onTestFinished, {
      connect: (peer) => peer.texts('40{"sid":"n"}', '40{"sid":"m"}'),
    });
    await expect.poll(() => changes).toEqual([...overSocket, connected]);
  });
});
