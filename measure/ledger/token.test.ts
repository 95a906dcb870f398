import { describe, expect, test } from 'vitest';
import { hash } from '../../base/hash.ts';
import { TokenReader, writeToken } from './token.ts';

const fields = {
  kind: 'probe',
  run: hash('run'),
  clock: hash('boot'),
  sender: 3,
  room: 1,
  seq: 88,
  dueUs: 12_345_678,
} as const;
const text = writeToken('hello all, lunch at noon?', fields);
const reader = new TokenReader();

describe('token', () => {
  test('reads back what was written', () => {
    expect(reader.read(text)).toBe('whole');
    const { kind, run, clock, sender, room, seq, dueUs } = reader;
    expect({ kind, run, clock, sender, room, seq, dueUs }).toEqual(fields);
  });

  test.each(['probe', 'crowd', 'closing'] as const)('keeps the kind %s', (kind) => {
    expect(reader.read(writeToken('x', { ...fields, kind }))).toBe('whole');
    expect(reader.kind).toBe(kind);
  });

  test('is whole whatever its numbers are: no field can look like a mark', () => {
    for (let seq = 0; seq < 200_000; seq++) {
      const dueUs = seq * 997;
      if (reader.read(writeToken('hi', { ...fields, seq, dueUs })) !== 'whole' || reader.seq !== seq)
        expect(seq).toBe('whole');
    }
  });

  test('uses only characters that no target escapes', () => {
    expect(text.slice(text.indexOf('0cs.'))).toMatch(/^[0-9a-z.]+$/);
  });

  test.each([
    ['a name before it', `ann: ${text}`],
    ['markup around it', `<p>${text}</p>`],
    ['a trailing newline', `${text}\n`],
  ])('is whole with %s', (_, decorated) => {
    expect(reader.read(decorated)).toBe('whole');
  });

  test('any single changed character is noticed, and told as text or token', () => {
    const tokenAt = text.indexOf('0cs.');
    for (let i = 0; i < text.length; i++) {
      for (const other of ['q', '.', '7', 'é', ' ']) {
        if (text[i] === other) continue;
        const status = reader.read(text.slice(0, i) + other + text.slice(i + 1));
        expect({ i, status }).toEqual({ i, status: i < tokenAt ? 'damagedText' : 'damagedToken' });
      }
    }
  });

  test('a truncated message is damaged as long as the start of a token is left', () => {
    const tokenAt = text.indexOf('0cs.');
    for (let end = tokenAt + 4; end < text.length; end++) expect(reader.read(text.slice(0, end))).toBe('damagedToken');
    expect(reader.read(text.slice(0, tokenAt))).toBe('none');
  });

  test.each(['', 'hello', '0', '.', '0cs', 'sc0'])('finds none in %j', (foreign) => {
    expect(reader.read(foreign)).toBe('none');
  });

  test.each(['0cs.', '0cs.p.', '0cs.p........sc0', `0cs.p.${'z'.repeat(5000)}`, 'x.sc0'])('survives %j', (hostile) => {
    expect(reader.read(hostile)).toBe('damagedToken');
  });
});
