import { expect, test } from 'vitest';
import { payloads } from './payloads.ts';

const checks = payloads(10);

/** Something with a length that cannot be compared with a number: trying to throws. */
const uncomparable = { length: { toString: 1 } };

test.each([
  ['join', { room: 'tea', name: 'Ana 👩‍💻' }, { room: 'tea', name: 'Ana 👩‍💻' }],
  ['join', { room: 'tea', name: 'ana', colour: 'blue' }, { room: 'tea', name: 'ana' }],
  ['message', { room: 'tea', text: '0123456789' }, { room: 'tea', text: '0123456789' }],
  ['plain', '<b>hello', '<b>hello'],
] as const)('%s takes %j', (kind, payload, value) => {
  expect(checks[kind](payload)).toEqual({ ok: true, value });
});

test.each([
  ['join', undefined, 'INVALID'],
  ['join', null, 'INVALID'],
  ['join', 'tea', 'INVALID'],
  ['join', ['tea', 'ana'], 'INVALID'],
  ['join', { room: 'tea' }, 'INVALID'],
  ['join', { room: 1, name: 'ana' }, 'INVALID'],
  ['join', { room: {}, name: 'ana' }, 'INVALID'],
  ['join', { room: '', name: 'ana' }, 'INVALID'],
  ['join', { room: ' tea', name: 'ana' }, 'INVALID'],
  ['join', { room: 'tea\u0000', name: 'ana' }, 'INVALID'],
  ['join', { room: 'tea', name: 'a\u202eb' }, 'INVALID'],
  ['join', { room: '__proto__', name: 'ana' }, 'INVALID'],
  ['join', { room: 'tea', name: 'constructor' }, 'INVALID'],
  ['join', JSON.parse('{"__proto__":{"x":1},"room":"tea","name":"ana"}'), 'INVALID'],
  ['join', { room: 'r'.repeat(65), name: 'ana' }, 'TOO_LONG'],
  ['join', { room: 'r'.repeat(10_240), name: 'ana' }, 'TOO_LONG'],
  ['join', { room: 'tea', name: 'n'.repeat(41) }, 'TOO_LONG'],
  ['message', { room: 'tea', text: '01234567890' }, 'TOO_LONG'],
  ['message', { room: 'tea', text: '' }, 'INVALID'],
  ['message', { room: 'tea', text: Buffer.from('x') }, 'INVALID'],
  ['message', { room: 'tea' }, 'INVALID'],
  ['typing', {}, 'INVALID'],
  ['leave', 7, 'INVALID'],
  ['presence', { room: null }, 'INVALID'],
  ['plain', { text: 'x' }, 'INVALID'],
  ['plain', 7, 'INVALID'],
  ['plain', undefined, 'INVALID'],
  ...(['plain', 'join', 'leave', 'message', 'typing', 'presence'] as const).map(
    (kind) => [kind, kind === 'plain' ? uncomparable : { room: uncomparable }, 'INVALID'] as const,
  ),
  ['join', { room: 'tea', name: uncomparable }, 'INVALID'],
  ['message', { room: 'tea', text: uncomparable }, 'INVALID'],
] as const)('%s refuses %j as %s', (kind, payload, code) => {
  expect(checks[kind](payload)).toMatchObject({
    ok: false,
    error: { code, message: expect.stringMatching(/^Expected /) },
  });
});
