import { describe, expect, test } from 'vitest';
import { asksForWebSocket, type BotSpec, HttpReader } from './http-reader.ts';

const get = 'GET /socket.io/?transport=polling HTTP/1.1\r\nHost: a\r\n\r\n';
const post = 'POST /p HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello';
const chunked =
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4;x=1\r\nwiki\r\nA\r\n0123456789\r\n0\r\nT: 1\r\n\r\n';
const fixed = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';
const upgrade =
  'GET /socket.io/?transport=websocket HTTP/1.1\r\nConnection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\n\r\n';

/** What is read of a text in pieces of so many bytes: heads, ends, and whether every byte was told in order. */
function read(side: 'request' | 'response', text: string, size: number, fromStart = true) {
  const reader = new HttpReader(side, fromStart);
  const parts: BotSpec[] = [];
  const bytes = Buffer.from(text, 'latin1');
  for (let at = 0; at < bytes.length; at += size) parts.push(...reader.read(bytes.subarray(at, at + size)));
  expect(Buffer.concat(parts.map(({ data }) => data)).toString('latin1')).toBe(text);
  return {
    heads: parts.flatMap((part) => (part.kind === 'head' ? [part.head] : [])),
    ends: parts.filter((part) => 'last' in part && part.last).length,
    kinds: [...new Set(parts.map(({ kind }) => kind))],
  };
}

describe.each([1, 2, 3, 7, 50, 100_000])('in pieces of %i bytes', (size) => {
  test('pipelined requests begin and end', () => {
    const { heads, ends } = read('request', get + post + get, size);
    expect(heads.map(({ method }) => method)).toEqual(['GET', 'POST', 'GET']);
    expect(ends).toBe(3);
  });

  test('responses begin and end, by length and by chunks', () => {
    const { heads, ends } = read('response', `HTTP/1.1 100 Continue\r\n\r\n${fixed}${chunked}${fixed}`, size);
    expect(heads.map(({ status }) => status)).toEqual([100, 200, 200, 200]);
    expect(ends).toBe(4);
  });

  test('a request for a WebSocket is seen, and frames after it are none of our business', () => {
    const { heads, kinds } = read('request', `${upgrade}\x81\x85abcd12345`, size);
    expect(heads.map(asksForWebSocket)).toEqual([true]);
    expect(kinds).toContain('raw');
  });

  test('an oversized head passes', () => {
    const { heads } = read('request', `GET / HTTP/1.1\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`, size);
    expect(heads).toEqual([]);
  });
});

test.each([
  ['a TLS hello', '\x16\x03\x01\x02\x00\x01'],
  ['a greeting', 'hello there'],
  ['a command', 'EHLO somewhere\r\n'],
  ['a broken header', 'GET / HTTP/1.1\r\nno colon\r\n\r\n'],
  ['a broken length', 'GET / HTTP/1.1\r\nContent-Length: many\r\n\r\n'],
])('%s is not kept waiting', (_, text) => {
  expect(read('request', text, 100_000).kinds).toEqual(['raw']);
});

test('a broken chunk passes as it is', () => {
  const text = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nwiki';
  expect(read('response', text, 100_000).kinds).toEqual(['head', 'raw']);
});

test('amid a stream it waits for what looks like a message', () => {
  const reader = new HttpReader('response', false);
  expect(reader.read(Buffer.from('the end of a body')).map(({ kind }) => kind)).toEqual(['raw']);
  expect(reader.read(Buffer.from(fixed)).map(({ kind }) => kind)).toEqual(['head', 'body']);
});

test('responses without a body end with their head', () => {
  const reader = new HttpReader('response', true);
  reader.asked.push('HEAD', 'GET', 'GET');
  const bare = 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n';
  const parts = reader.read(Buffer.from(`${bare}HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n${fixed}`));
  expect(parts.map(({ kind }) => kind)).toEqual(['head', 'head', 'head', 'body']);
});
