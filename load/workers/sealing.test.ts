import { expect, test } from 'vitest';
import { BrokenSealError, Seal } from './sealing.ts';

test('what is sealed is opened with the same secret, and reads of nothing meanwhile', () => {
  const sealed = new Seal('a').close({ token: 'very secret' });
  expect(new Seal('a').open(sealed)).toEqual({ token: 'very secret' });
  expect(Buffer.from(sealed, 'base64').toString('latin1')).not.toContain('very secret');
  expect(new Seal('a').close({ token: 'very secret' })).not.toBe(sealed);
});

test.each([
  ['another secret', (text: string) => [new Seal('b'), text] as const],
  ['a changed byte', (text: string) => [new Seal('a'), flipped(text)] as const],
  ['half of it', (text: string) => [new Seal('a'), text.slice(0, text.length / 2)] as const],
  ['nothing', () => [new Seal('a'), ''] as const],
])('%s opens nothing', (_what, change) => {
  const [seal, text] = change(new Seal('a').close({ some: 'thing' }));
  expect(() => seal.open(text)).toThrow(BrokenSealError);
});

function flipped(text: string): string {
  const bytes = Buffer.from(text, 'base64');
  bytes[bytes.length - 1]! ^= 1;
  return bytes.toString('base64');
}
