import { expect, test } from 'vitest';
import { isExact, parsePackageSet } from './package-set.ts';

test.each([
  ['socket.io@4.7.5', { 'socket.io': '4.7.5' }, true],
  ['socket.io@4.7.5, socket.io-client@latest', { 'socket.io': '4.7.5', 'socket.io-client': 'latest' }, false],
  ['@socket.io/redis-adapter@^8.3.0', { '@socket.io/redis-adapter': '^8.3.0' }, false],
  ['ws@8.17.0-rc.1', { ws: '8.17.0-rc.1' }, true],
])('%s', (text, wanted, isSame) => {
  const set = parsePackageSet(text);
  expect(set.wanted).toEqual(wanted);
  expect(isExact(set)).toBe(isSame);
});

test.each(['', 'socket.io', 'socket.io@', '@4.7.5', 'socket.io@4.7.5,', 'a b@1', '../x@1', 'x@file:/etc', 'x@1;rm'])(
  'refuses %j',
  (text) => expect(() => parsePackageSet(text)).toThrow('Expected --with to name packages and versions'),
);
