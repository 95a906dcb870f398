import { describe, expect, test } from 'vitest';
import { type Dialect, dialectSchema, fillIn, hasRooms, plain, readerOf, refusal, rooms } from './dialect.ts';

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
    ['an unknown blank', { ...minimal, send: { ...minimal.send, args: ['{text}', '{userName}'] } }],
    ['a blank in auth', { ...minimal, auth: { token: '{token}' } }],
    ['an unknown blank in join', { ...minimal, join: { emit: 'join', args: ['{roomId}'], confirm: 'ack' } }],
  ])('is refused: %s', (_, dialect) => {
    expect(dialectSchema.safeParse(minimal).success).toBe(true);
    expect(dialectSchema.safeParse(dialect).success).toBe(false);
  });

  test.each<[Dialect['join'], boolean]>([
    [null, false],
    [{ emit: 'enter', args: ['{name}'], confirm: 'ack', history: null }, false],
    [{ emit: 'enter', args: [{ channel: ['{room}'] }], confirm: 'ack', history: null }, true],
  ])('joined by %j has rooms: %s', (join, expected) => {
    expect(hasRooms({ ...plain, join })).toBe(expected);
  });

  test.each([plain, rooms])('the built-in ones are whole', (dialect) => {
    expect(dialectSchema.parse(dialect)).toEqual(dialect);
  });
});
