import { expect, test } from 'vitest';
import { printable, printableButColours, printableData } from './printable.ts';

test.each([
  ['a text without any', 'Grüße, 世界 🎉\tand\nmore', 'Grüße, 世界 🎉\tand\nmore'],
  ['colours and moves of the cursor', '\u001b[31mred\u001b[2J\u001b]0;title\u0007', '[31mred[2J]0;title'],
  ['C1 controls', 'a\u009b31mb\u0085', 'a31mb'],
  ['a carriage return, a backspace, NUL and DEL', 'safe\r\b\0\u007f', 'safe'],
  ['what turns the direction', 'a\u202eb\u2066c\u200f', 'abc'],
])('%s', (_what, text, expected) => {
  expect(printable(text)).toBe(expected);
});

test('colours may be left', () => {
  expect(printableButColours('\u001b[31mred\u001b[39m\u001b[2Jgone\u001b')).toBe('\u001b[31mred\u001b[39m[2Jgone');
});

test('data is made printable however deep, keys included, and stays what it is otherwise', () => {
  const data = { 'a\u001b': ['b\u0007', { c: 'd\r', e: null, f: 5, g: true }], series: [1, null, 3] };
  expect(printableData(data)).toEqual({ a: ['b', { c: 'd', e: null, f: 5, g: true }], series: [1, null, 3] });
});
