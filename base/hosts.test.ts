import { expect, test } from 'vitest';
import { isOurHost } from './hosts.ts';

test.each([
  ['127.0.0.1:4000', '127.0.0.1', true],
  ['localhost', '127.0.0.1', true],
  ['[::1]:4000', '127.0.0.1', true],
  ['evil.example', '127.0.0.1', false],
  ['127.0.0.1.evil.example', '127.0.0.1', false],
  ['localhost@evil.example', '127.0.0.1', false],
  ['Reports.example:80', 'reports.example', true],
  ['10.0.0.7:4000', '0.0.0.0', true],
  ['10.0.0.8:4000', '0.0.0.0', false],
  [undefined, '127.0.0.1', false],
  ['', '127.0.0.1', false],
])('%s at %s: %s', (header, listening, expected) => {
  expect(isOurHost(header, listening, '::ffff:10.0.0.7')).toBe(expected);
});
