import { describe, expect, test } from 'vitest';
import { unknownBlanks } from './blank-names.ts';
import { plain, rooms } from './built-in.ts';
import { type Dialect, dialectSchema, hasRooms } from './dialect.ts';
import { fillIn, readerOf, refusal } from './payload.ts';

describe('a dialect', () => {
  test('fills in blanks wherever they stand', () => {
    const blanks = { room: 'r', name: '{text}', text: '$& {room}' };
    expect(fillIn(['{text}', { room: '{room}!', deep: [{ n: '{name}' }] }, 7, null], blanks)).toEqual([
      '$& {room}',
      { room: 'r!', deep: [{ n: '{text}' }] },
      7,
      null,
    ]);
  });

  test.each([
    ['0', ['hi'], 'hi'],
    ['0.text', [{ text: 'hi' }], 'hi'],
    ['1.a.0.b', [0, { a: [{ b: 'hi' }] }], 'hi'],
    ['0.text', ['hi'], undefined],
    ['0.text', [null], undefined],
    ['0.__proto__', [{}], undefined],
    ['3', [], undefined],
  ])('reads %s of %j', (path, args, found) => {
    expect(readerOf(path)(args)).toBe(found);
  });

  test.each([
    [[{ ok: true }], undefined],
    [[], undefined],
    [['done'], undefined],
    [[null], undefined],
    [[{ ok: false }], 'refused'],
    [[{ error: 'no room' }], 'no room'],
    [[{ ok: false, error: { code: 'NOT_JOINED', message: 'x' } }], 'NOT_JOINED'],
    [[{ error: { message: 'x' } }], 'x'],
  ])('reads the ack %j as refused by %s', (args, reason) => {
    expect(refusal(args)).toBe(reason);
  });

  const minimal = { send: { emit: 'say', args: ['{text}'], ack: false }, hear: { event: 'said', text: '0' } };

  test.each([
    ['a message without its text', { ...minimal, send: { ...minimal.send, args: ['hello'] } }],
    ['asking without an ack', { ...minimal, hear: 'ack' }],
    ['neither sending nor hearing', { send: 'none', hear: 'ack' }],
  ])('is refused: %s', (_, dialect) => {
    expect(dialectSchema.safeParse(minimal).success).toBe(true);
    expect(dialectSchema.safeParse(dialect).success).toBe(false);
  });

  test.each<[string, object, readonly string[], readonly string[]]>([
    ['in send', { send: { ...minimal.send, args: ['{text}', '{userName}'] } }, [], ['userName']],
    ['in auth', { auth: { token: '{token}' } }, [], ['token']],
    ['in join', { join: { emit: 'join', args: ['{roomId}'], confirm: 'ack' } }, [], ['roomId']],
    ['a text before there is one', { auth: { token: '{text}' } }, [], ['text']],
    ['of the users', { auth: { token: '{token}', deep: { n: 1, as: ['{name}'] } } }, ['token'], []],
    ['of the login', { auth: { token: '{jwt}' }, login: { path: '/{n}', take: { jwt: 'body.jwt' } } }, [], []],
    [
      'captured',
      { onConnect: [{ wait: 'hi', capture: { id: '0.id' } }], send: { ...minimal.send, args: ['{id}', '{text}'] } },
      [],
      [],
    ],
    ['of a peer', { send: { ...minimal.send, to: 'peer', args: ['{peer.name}', '{text}'] } }, [], []],
    ['of a peer, without one', { send: { ...minimal.send, args: ['{peer.name}', '{text}'] } }, [], ['peer.name']],
  ])('unknown blanks are found: %s', (_, own, columns, blanks) => {
    const dialect = dialectSchema.parse({ ...minimal, ...own });
    expect(unknownBlanks(dialect, columns).map(({ blank }) => blank)).toEqual(blanks);
  });

  test('of a server that is asked may send no text', () => {
    const asking = { send: { emit: 'whoami', ack: true }, hear: 'ack' };
    expect(dialectSchema.parse(asking).send).toMatchObject({ args: [], ack: true });
  });

  test.each<[Dialect['join'], boolean]>([
    [null, false],
    [{ emit: 'enter', args: ['{name}'], confirm: 'ack', history: null }, false],
    [{ emit: 'enter', args: [{ channel: ['{room}'] }], confirm: 'ack', history: null }, true],
  ])('joined by %j has rooms: %s', (join, expected) => {
    expect(hasRooms({ ...plain, join })).toBe(expected);
  });

  test('bytes are filled in where asked for, and a blank that nothing fills stays', () => {
    expect(fillIn(['{text:buffer}', '{other}'], { text: 'hi' })).toEqual([Buffer.from('hi'), '{other}']);
  });

  test.each([plain, rooms])('the built-in ones are whole', (dialect) => {
    expect(dialectSchema.parse(dialect)).toEqual(dialect);
  });
});
