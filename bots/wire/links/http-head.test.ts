import { describe, expect, test } from 'vitest';
import { HeadReader } from './http-head.ts';

const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nSet-Cookie: a=b\r\nset-cookie: c=d\r\n\r\n';

/** What stands behind the head, and the head, once it is whole. */
function read(text: string, cutAt = 0) {
  const reader = new HeadReader();
  const pieces = [text.slice(0, cutAt), text.slice(cutAt)].filter((piece) => piece !== '');
  for (const piece of pieces) {
    const whole = reader.read(Buffer.from(piece), Buffer.byteLength(piece));
    if (whole) return { ...whole.head, behind: whole.bytes.toString('latin1', whole.from, whole.to) };
  }
  return undefined;
}

describe('the head of an answer', () => {
  test('is read wherever it is cut, with what is behind it', () => {
    for (let at = 0; at < ok.length; at++) {
      const { status, headers, cookies, behind } = read(`${ok}hi`, at)!;
      expect({ status, cookies, behind }).toEqual({ status: 200, cookies: ['a=b', 'c=d'], behind: 'hi' });
      expect(headers.get('content-length')).toBe('2');
    }
    expect(read(ok.slice(0, -1))).toBeUndefined();
  });

  test('stands behind interim answers, but for a switch of protocols', () => {
    const hints = 'HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n';
    for (let at = 0; at < hints.length; at++)
      expect(read(`${hints}${ok}hi`, at)).toMatchObject({ status: 200, behind: 'hi' });
    expect(read('HTTP/1.1 101 Switching Protocols\r\n\r\nframes')).toMatchObject({ status: 101, behind: 'frames' });
  });

  test.each([
    ['no HTTP', 'SSH-2.0-OpenSSH\r\n', 'Parse Error: Expected HTTP/'],
    ['no status', 'HTTP/1.1 OK\r\n\r\n', 'Parse Error: Expected HTTP/'],
    ['a head without an end', `HTTP/1.1 200 OK\r\nA: ${'x'.repeat(70_000)}`, 'Parse Error: Header overflow'],
  ])('is refused: %s', (_what, text, message) => {
    expect(() => read(text)).toThrow(message);
  });
});
