import { describe, test } from 'vitest';
import { clients, connecting, ended, failed, opened, overSocket } from '../../test/support/contract/clients.ts';
import { openPacket } from '../../test/support/contract/servers.ts';
import { talk } from '../../test/support/contract/talk.ts';
import { frame } from '../../test/support/contract/wire.ts';

const kinds = ['connecting', 'opened', 'connected'];
/** The first, a further and the last piece of a text. */
const begins = { fin: false };
const goesOn = { opcode: 0, fin: false };
const ends = { opcode: 0 };
const ping = { opcode: 9 };
const close = { opcode: 8 };
const binary = { opcode: 2 };

const fine: readonly (readonly [string, readonly Buffer[], ...unknown[]])[] = [
  ['a text in pieces', [frame('42["sa', begins), frame('y",', goesOn), frame('1]', ends)], [1]],
  ['an empty piece', [frame('', begins), frame('42["say"]', goesOn), frame('', ends)], []],
  [
    'pieces that divide a character',
    [frame(Buffer.from('42["say","é"]').subarray(0, 11), begins), frame(Buffer.from('é"]').subarray(1), ends)],
    ['é'],
  ],
  [
    'pings and pongs within a text',
    [frame('42["say"', begins), frame('a', ping), frame('b', { opcode: 10 }), frame(']', ends)],
    [],
  ],
  ['several frames at once', [frame('42["say",1]'), frame('42["say",2]'), frame('2')], [1], [2]],
  [
    'binary in pieces',
    [
      frame('451-["say",{"_placeholder":true,"num":0}]'),
      frame('by', { opcode: 2, fin: false }),
      frame('?', ping),
      frame('tes', ends),
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
  ['that goes on with nothing', frame('42["say"]', ends)],
  ['within another', frame('42["sa', begins), frame('42["say"]')],
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
  ['the end within pieces', frame('42["say"', begins)],
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
});
