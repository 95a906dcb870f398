import { expect, test } from 'vitest';
import { columnsOf } from './terminal.ts';
import { leastWidth, wrap, wrapBefore } from './wrap.ts';

test.each([
  ['what fits stays', 'one two', 7, 'one two'],
  ['what follows hangs', 'one two three', 7, 'one two\n  three'],
  ['the indentation stays', '    one two', 8, '    one\n    two'],
  ['a long word overflows', 'see /a/long/path/to/it now', 8, 'see\n  /a/long/path/to/it\n  now'],
  ['each line by itself', 'one two\nthree four', 7, 'one two\nthree\n  four'],
  ['a number and its unit', 'it took about 12 ms', 16, 'it took about\n  12 ms'],
  ['a mark and its number', 'all within ≤ 9.5 s', 14, 'all within\n  ≤ 9.5 s'],
  ['an addend and its name', 'sum = 1 ok + 0 lost', 14, 'sum = 1 ok +\n  0 lost'],
  ['what is quoted', 'set `echo: false` there', 16, 'set\n  `echo: false`\n  there'],
  ['what is quoted and too long', 'for `a.b.p99 < 250ms` it', 14, 'for `a.b.p99\n  < 250ms` it'],
  ['between labels at last', 'x{order=one,network=two} == 1', 16, 'x{order=one,\n  network=two}\n  == 1'],
  ['wide characters', '聊天 消息 很慢', 9, '聊天 消息\n  很慢'],
  ['colours take no room', '\u001b[31mone two\u001b[39m', 7, '\u001b[31mone two\u001b[39m'],
  ['without an end', 'one two three', Number.POSITIVE_INFINITY, 'one two three'],
])('%s', (_, text, width, wrapped) => {
  expect(wrap(text, width)).toBe(wrapped);
});

test.each([
  [80, 'Then run: npx chatstorm report /a b'],
  [30, 'Then run:\n  npx chatstorm report /a b'],
  [8, 'Then\n  run:\n  npx chatstorm report /a b'],
])('what can be copied stays whole at %i columns', (width, wrapped) => {
  expect(wrapBefore('Then run:', 'npx chatstorm report /a b', width)).toBe(wrapped);
});

test.each([
  ['', 0],
  ['  over polling', 7],
  ['12.5 ms\nless', 7],
  ['`a b` c', 2],
])('%j takes at least %i columns', (text, least) => {
  expect(leastWidth(text)).toBe(least);
});

test.each([
  [{ isTTY: true, columns: 90 }, {}, 90],
  [{ isTTY: true, columns: 90 }, { COLUMNS: '70' }, 90],
  [{ isTTY: true, columns: 0 }, {}, Number.POSITIVE_INFINITY],
  [{ isTTY: true, columns: 90 }, { CI: 'true' }, Number.POSITIVE_INFINITY],
  [{ isTTY: false, columns: 90 }, {}, Number.POSITIVE_INFINITY],
  [{ isTTY: false, columns: 90 }, { COLUMNS: '70' }, 70],
  [{ isTTY: false, columns: 90 }, { COLUMNS: 'wide' }, Number.POSITIVE_INFINITY],
])('%j with %j has %d columns', (stream, environment, columns) => {
  expect(columnsOf(stream, environment)).toBe(columns);
});
