import { describe, test } from 'vitest';
import {
  type ConnectorOf,
  clients,
  ended,
  type Finish,
  linkTo,
  overPolling,
} from '../../test/support/contract/clients.ts';
import { type Answer, type PollScript, pollServer } from '../../test/support/contract/servers.ts';
import { clientOrders } from '../client-orders.ts';

const kinds = ['connecting', 'opened', 'connected'];

/** A link over polling to a server that answers by hand, which listens for `say` and `end`. */
async function talk(connectorOf: ConnectorOf, finish: Finish, script: PollScript = {}) {
  const { url, ...server } = await pollServer(finish, script);
  const link = await linkTo(connectorOf, url, finish, clientOrders['polling-only']);
  link.hear('say');
  link.hear('end');
  link.connection.connect();
  return { ...link, ...server };
}

/** Answers in pieces, each of which is sent by itself. */
function inPieces(content: Buffer, size: number): Answer {
  return async (response) => {
    response.socket?.setNoDelay(true);
    for (let at = 0; at < content.length; at += size) {
      response.write(content.subarray(at, at + size));
      await new Promise(setImmediate);
    }
    response.end();
  };
}

const binary = '451-["say",{"_placeholder":true,"num":0}]\x1ebYnl0ZXM=';

describe.concurrent.each(clients)('%s over polling', (_name, connectorOf) => {
  test.for<[string, Answer, ...unknown[][]]>([
    ['one packet', '42["say",1]', [1]],
    ['several packets', '42["say",1]\x1e42["say",2]\x1e2\x1e42["say",3]', [1], [2], [3]],
    ['binary', binary, [Buffer.from('bytes')]],
    ['binary between texts', `42["say",1]\x1e${binary}\x1e42["say",2]`, [1], [Buffer.from('bytes')], [2]],
    ['chunks', inPieces(Buffer.from('42["say","é😀"]\x1e42["say",2]'), 1), ['é😀'], [2]],
    ['a big text in chunks', inPieces(Buffer.from(`42["say","${'é'.repeat(50_000)}"]`), 7777), ['é'.repeat(50_000)]],
    ['a noop', '6'],
    ['what means nothing to it', '3\x1e5\x1e42/other,["say"]\x1e421'],
    ['another status line', (response) => response.writeHead(200, 'Fine', { 'X-More': '1' }).end('42["say"]'), []],
    ['a length', (response) => response.writeHead(200, { 'Content-Length': 9 }).end('42["say"]'), []],
    ['the end of its connection', (response) => response.writeHead(200, { Connection: 'close' }).end('42["say"]'), []],
  ])('takes %s', async ([, answered, ...said], { expect, onTestFinished }) => {
    const { connection, answer, changes, log } = await talk(connectorOf, onTestFinished);
    await expect.poll(() => connection.isConnected).toBe(true);
    answer(answered);
    answer('42["end"]');
    await expect.poll(() => log.at(-1)).toEqual(['end']);
    expect(log.slice(3, -1)).toEqual(said.map((args) => ['say', ...args]));
    expect(changes).toEqual(overPolling);
  });

  test('takes the end of connections that it keeps', async ({ expect, onTestFinished }) => {
    const { connection, answer, posts, changes, log, ...server } = await talk(connectorOf, onTestFinished);
    await expect.poll(() => connection.isConnected).toBe(true);
    for (const n of [1, 2, 3]) {
      await expect.poll(() => posts).toHaveLength(n);
      await expect.poll(server.isPolled).toBe(true);
      expect(await server.endIdle()).toBeGreaterThan(0);
      connection.emit('say', [n]);
      answer(`42["say",${n}]`);
      await expect.poll(() => log.at(-1)).toEqual(['say', n]);
    }
    await expect.poll(() => posts).toEqual(['40{}', '42["say",1]', '42["say",2]', '42["say",3]']);
    expect(changes).toEqual(overPolling);
  });

  test.for<[string, string, Answer]>([
    ['a close packet', 'transport close', '1'],
    ['a close packet after others', 'transport close', '42["say"]\x1e1\x1e42["say","never"]'],
    ['nothing', 'transport error', ''],
    ['an unknown packet', 'transport error', '9'],
    ['a page', 'transport error', '<!doctype html>'],
    ['an unknown packet after others', 'transport error', '42["say"]\x1e9\x1e42["say","never"]'],
    ['no packet after others', 'transport error', '42["say"]\x1e'],
    ['a malformed event', 'parse error', '42["say"]\x1e42{}\x1e42["say","never"]'],
    ['binary without a header', 'parse error', 'bYWJj'],
    ['HTTP 204', 'transport error', (response) => response.writeHead(204).end()],
    [
      'HTTP 400',
      'transport error',
      (response) => response.writeHead(400).end('{"code":1,"message":"Session ID unknown"}'),
    ],
    ['HTTP 502', 'transport error', (response) => response.writeHead(502).end('42["say","never"]')],
    ['the end of its connection', 'transport error', ({ socket }) => socket?.destroy()],
  ])('is ended by a poll answered with %s', async ([, reason, answered], { expect, onTestFinished }) => {
    const { connection, answer, changes, log } = await talk(connectorOf, onTestFinished);
    await expect.poll(() => connection.isConnected).toBe(true);
    answer(answered);
    await expect.poll(() => changes.slice(0, 4)).toEqual([...overPolling, ended(reason)]);
    expect(log).not.toContainEqual(['say', 'never']);
  });

  test.for([400, 500, 204])('is ended by a post answered with HTTP %d', async (status, { expect, onTestFinished }) => {
    let posted = 0;
    const { connection, changes } = await talk(connectorOf, onTestFinished, {
      post: (response) => response.writeHead(posted++ === 1 ? status : 200).end('ok'),
    });
    await expect.poll(() => connection.isConnected).toBe(true);
    connection.emit('say', [1]);
    await expect.poll(() => changes).toEqual([...overPolling, ended('transport error'), ...overPolling]);
  });

  test('posts what it says as text, and takes any answer', async ({ expect, onTestFinished }) => {
    const seen: unknown[] = [];
    const { connection, answer, posts, log } = await talk(connectorOf, onTestFinished, {
      post: (response, { headers, method, url }) => {
        const { searchParams } = new URL(url ?? '', 'http://host');
        const told = ['EIO', 'transport', 'sid'].map((name) => searchParams.get(name));
        seen.push([method, headers['content-type'], headers.accept, ...told]);
        response.end('not ok');
      },
    });
    await expect.poll(() => connection.isConnected).toBe(true);
    await expect.poll(() => posts).toHaveLength(1);
    connection.emit('say', ['é']);
    connection.emit('say', [Buffer.from('bytes')]);
    connection.emit('say', []);
    const rest = ['451-["say",{"_placeholder":true,"num":0}]', 'bYnl0ZXM=', '42["say"]'].join('\x1e');
    await expect.poll(() => posts).toEqual(['40{}', '42["say","é"]', rest]);
    answer('2\x1e42["end"]');
    await expect.poll(() => posts.at(-1)).toBe('3');
    expect(log).toEqual([...kinds, ['end']]);
    expect(seen[0]).toEqual(['POST', 'text/plain;charset=UTF-8', '*/*', '4', 'polling', 's']);
  });

  test('posts no more at once than the server takes', async ({ expect, onTestFinished }) => {
    const { connection, posts } = await talk(connectorOf, onTestFinished, { open: { maxPayload: 40 } });
    await expect.poll(() => connection.isConnected).toBe(true);
    await expect.poll(() => posts).toHaveLength(1);
    for (const text of ['1', 'twelve chars', 'twelve chars', 'é', 'x'.repeat(60), 'y']) connection.emit('say', [text]);
    const said = (text: string) => `42["say","${text}"]`;
    await expect
      .poll(() => posts.slice(1))
      .toEqual([
        said('1'),
        said('twelve chars'),
        `${said('twelve chars')}\x1e${said('é')}`,
        said('x'.repeat(60)),
        said('y'),
      ]);
  });

  test('asks for each poll anew', async ({ expect, onTestFinished }) => {
    const urls: string[] = [];
    const { connection, http, answer, log } = await talk(connectorOf, onTestFinished);
    http.on('request', ({ url }) => urls.push(url ?? ''));
    await expect.poll(() => connection.isConnected).toBe(true);
    for (const n of [1, 2, 3, 4]) answer(`42["say",${n}]`);
    await expect.poll(() => log.at(-1)).toEqual(['say', 4]);
    expect(new Set(urls).size).toBe(urls.length);
    expect(urls.every((url) => new URL(url, 'http://host').searchParams.has('t'))).toBe(true);
  });
});
