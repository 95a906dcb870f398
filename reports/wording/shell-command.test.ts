import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { shellCommand } from './shell-command.ts';

test('a shell reads the words that were written, whatever stands in them', () => {
  const words = [
    'plain',
    '--rate',
    '10/s',
    '',
    'two words',
    "it's",
    '$HOME `id` "x"',
    '* ? ~',
    'a\nb',
    '\\',
    '!',
    '-n',
  ];
  const read = execFileSync('/bin/sh', ['-c', `for word in ${shellCommand(words)}; do printf '%s\\0' "$word"; done`]);
  expect(read.toString().split('\0').slice(0, -1)).toEqual(words);
  expect(shellCommand(['chatstorm', 'load', '--rate', '10/s'])).toBe('chatstorm load --rate 10/s');
});
