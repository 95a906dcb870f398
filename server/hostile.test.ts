import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server } from 'socket.io';
import { expect, onTestFinished, test } from 'vitest';
import { ask, client, get, next, startServer } from '../test/support/test-client.ts';
import { Chat } from './chat/chat.ts';
import { parseOptions } from './chat-options.ts';
import { noRefusals } from './refusals.ts';
import { Failures } from './vitals/failures.ts';

const junk: unknown[] = [
  undefined,
  null,
  0,
  '',
  'x',
  [],
  {},
  [[]],
  true,
  Buffer.from('x'),
  { room: null },
  { room: [] },
];
const hostile = [
  JSON.parse('{"__proto__":{"ok":true},"room":"tea","name":"eve","text":"x"}'),
  { room: '__proto__', name: 'eve', text: 'x' },
  { room: 'r'.repeat(10_240), name: 'eve', text: 'x' },
  { length: { toString: 1 } },
  { room: { length: { toString: 1 } }, name: { length: { toString: 1 } }, text: { length: { toString: 1 } } },
  { room: 'not-joined', text: 'x' },
];

test.each(['join', 'leave', 'message', 'typing', 'presence', 'chat message'])(
  '%s answers no to every bad payload',
  async (event) => {
    const { url } = await startServer();
    const eve = client(url);
    await ask(eve, 'join', { room: 'tea', name: 'Eve' });
    const bad = event === 'chat message' ? [...junk.filter((one) => one !== 'x'), ...hostile] : [...junk, ...hostile];
    for (const payload of event === 'join' ? bad.slice(0, -1) : bad) {
      const ack = await ask(eve, event, payload);
      expect(ack.ok, JSON.stringify(payload)).toBe(false);
      expect(['INVALID', 'TOO_LONG', 'NOT_JOINED']).toContain(ack.error?.code);
    }
    expect(await ask(eve, event)).toMatchObject({ ok: false, error: { code: 'INVALID' } });
  },
);

test('a handler that throws is answered and reported, and the process goes on', async () => {
  const http = createServer().listen(0, '127.0.0.1');
  const io = new Server(http);
  onTestFinished(() => io.close());
  await once(http, 'listening');
  const lines: string[] = [];
  const failures = new Failures((line) => lines.push(line.split('\n')[0]!));
  const refusals = noRefusals();
  const chat = new Chat(io, parseOptions({}), refusals, { failures, queued: () => {}, flooding: () => {} });
  io.emit = () => {
    throw new TypeError('broken adapter');
  };
  io.on('connection', (socket) => chat.welcome(socket));
  const eve = client(`http://127.0.0.1:${(http.address() as AddressInfo).port}`);
  expect(await ask(eve, 'chat message', 'x')).toMatchObject({ ok: false, error: { code: 'INTERNAL' } });
  eve.emit('chat message', 'x');
  expect(await ask(eve, 'rtt')).toEqual({ ok: true });
  expect(lines).toEqual(['Failed to handle `chat message`: TypeError: broken adapter']);
  expect(failures.counts()).toEqual({ 'chat message': { TypeError: 2 } });
  expect(refusals.internal).toBe(2);
});

test('missing acks, acks that are no functions and unknown events are survived', async () => {
  const { url } = await startServer();
  const eve = client(url);
  const known = ['join', 'leave', 'message', 'typing', 'presence', 'chat message', 'rooms', 'rtt'];
  for (const event of [...known, 'nonsense', '__proto__']) {
    for (const payload of [...junk, ...hostile]) {
      eve.emit(event, payload);
      eve.emit(event, payload, 'no function', {});
      eve.emit(event);
    }
  }
  expect(await ask(eve, 'rtt')).toEqual({ ok: true });
  expect(await ask(eve, 'join', { room: 'tea', name: 'Eve' })).toMatchObject({ ok: true });
});

test('a message into a room that was not joined is refused and goes nowhere', async () => {
  const { url } = await startServer();
  const [ana, eve] = [client(url), client(url)];
  await ask(ana, 'join', { room: 'tea', name: 'Ana' });
  expect(await ask(eve, 'message', { room: 'tea', text: 'x' })).toMatchObject({ error: { code: 'NOT_JOINED' } });
  const { history } = await ask(eve, 'join', { room: 'tea', name: 'Eve' });
  expect(history).toEqual([]);
});

test("a room named after somebody's socket does not hear what that socket is sent", async () => {
  const { url } = await startServer({ stateRecovery: true });
  const [ana, eve] = [client(url), client(url)];
  await next(ana, 'connect');
  expect(await ask(eve, 'join', { room: ana.id, name: 'Eve' })).toMatchObject({ ok: true, members: ['Eve'] });
  expect(await ask(eve, 'leave', { room: ana.id })).toEqual({ ok: true });
  expect(await ask(ana, 'rtt')).toEqual({ ok: true });
});

test('too many messages a second, too long ones and too many rooms are refused and counted', async () => {
  const { url } = await startServer({ messagesPerSecond: 2, messageLength: 10 });
  const eve = client(url);
  await ask(eve, 'join', { room: 'tea', name: 'Eve' });
  const acks = await Promise.all(Array.from({ length: 6 }, () => ask(eve, 'message', { room: 'tea', text: 'x' })));
  expect(acks.slice(0, 2).map(({ ok }) => ok)).toEqual([true, true]);
  expect(acks.at(-1)).toMatchObject({ ok: false, error: { code: 'RATE_LIMITED' } });
  const other = client(url);
  expect(await ask(other, 'chat message', 'x'.repeat(11))).toMatchObject({ error: { code: 'TOO_LONG' } });
});

test('a socket may send so many bytes a second, and so may an address', async () => {
  const rates = { messagesPerSecond: 1000, bytesPerSecond: 1000, addressBytesPerSecond: 15_000 };
  const { url } = await startServer(rates);
  const [eve, twin, third] = [client(url), client(url), client(url)];
  const text = 'x'.repeat(2000);
  const codes = async (one: typeof eve, count: number) =>
    (await Promise.all(Array.from({ length: count }, () => ask(one, 'chat message', text)))).map(
      ({ error }) => error?.code ?? 'ok',
    );
  // The largest message has to fit: three of these do at first, whatever the rate is.
  expect(await codes(eve, 5)).toEqual(['ok', 'ok', 'ok', 'RATE_LIMITED', 'RATE_LIMITED']);
  expect(await codes(twin, 3)).toEqual(['ok', 'ok', 'ok']);
  expect((await codes(third, 3)).at(-1)).toBe('RATE_LIMITED');
  expect(await ask(third, 'nonsense', text).catch(() => undefined)).toMatchObject({ error: { code: 'RATE_LIMITED' } });
});

test('a socket may be in a hundred rooms', async () => {
  const { url } = await startServer();
  const eve = client(url);
  for (let at = 0; at < 100; at += 1) await ask(eve, 'join', { room: `r${at}`, name: 'Eve' });
  expect(await ask(eve, 'join', { room: 'one more', name: 'Eve' })).toMatchObject({
    error: { code: 'TOO_MANY_ROOMS' },
  });
  expect(await ask(eve, 'join', { room: 'r0', name: 'Eve' })).toMatchObject({ ok: true });
});

test.each([
  ['no packet at all', 'ÿÿÿ'],
  ['half an event', '42["join",{'],
  ['a binary event without its attachments', '451-["join",{"_placeholder":true,"num":0}]'],
  ['an unknown packet', '49'],
  ['a wrong namespace', '42/nowhere,["join"]'],
])('%s over polling ends that session only', async (_what, body) => {
  const { url } = await startServer();
  const path = `${url}/socket.io/?EIO=4&transport=polling`;
  const { sid } = JSON.parse((await get(path)).body.slice(1)) as { sid: string };
  await get(`${path}&sid=${sid}`, {}, '40');
  await get(`${path}&sid=${sid}`, {}, body).catch(() => undefined);
  expect((await get(`${url}/health`)).status).toBe(200);
  const ana = client(url);
  expect(await ask(ana, 'rtt')).toEqual({ ok: true });
});

test('a payload above the limit ends the connection, not the process', async () => {
  const { url } = await startServer({ maxHttpBufferSize: 2000 });
  const eve = client(url);
  await next(eve, 'connect');
  const gone = next(eve, 'disconnect');
  eve.emit('chat message', 'x'.repeat(5000));
  await gone;
  expect((await get(`${url}/health`)).status).toBe(200);
});
