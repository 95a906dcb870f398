import { expect, test } from 'vitest';
import { checkTarget } from './target.ts';

test.each([
  'http://127.0.0.1:3000',
  'http://127.9.9.9',
  'http://localhost:3000',
  'https://chat.localhost',
  'http://[::1]:3000',
  'http://2130706433',
])('%s is this machine', (address) => {
  expect(checkTarget(address, undefined)).toBeInstanceOf(URL);
});

test.each([
  'http://chat.invalid',
  'http://127.0.0.1.invalid',
  'http://localhost.invalid',
  'http://127.0.0.1@chat.invalid',
  'http://0.0.0.0',
  'http://[::ffff:1.2.3.4]',
])('%s is refused', (address) => {
  expect(() => checkTarget(address, undefined)).toThrow('Expected the target to be this machine');
  expect(() => checkTarget(address, 'elsewhere.invalid')).toThrow('--i-own');
});

test('a host that is named as own is allowed, whatever its case', () => {
  expect(checkTarget('https://Chat.invalid/', 'CHAT.invalid').hostname).toBe('chat.invalid');
});

test.each(['', 'chat', 'ftp://127.0.0.1', 'javascript:1', '127.0.0.1:3000'])('%j is no address', (address) => {
  expect(() => checkTarget(address, undefined)).toThrow('Expected --target to be an address');
});

test('a path is told to go into the dialect', () => {
  expect(() => checkTarget('http://127.0.0.1:3000/chat', undefined)).toThrow('got /chat.');
  expect(checkTarget('http://127.0.0.1:3000/?token=x', undefined).search).toBe('?token=x');
});
