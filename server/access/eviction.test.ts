import { once } from 'node:events';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { expect, test } from 'vitest';
import { ask, client, frame, get, next, startServer, upgrade } from '../../test/support/test-client.ts';

const vitals = async (url: string) => JSON.parse((await get(`${url}/vitals`)).body);
const named = (name: string) => (one: { name: string }) => one.name === name;

/** A WebSocket in the room `talk` that reads nothing once it is in. */
async function deaf(url: string, name: string): Promise<Duplex> {
  const socket = await upgrade(url);
  if (typeof socket === 'number') throw new Error('Expected an upgrade');
  let heard = '';
  const isIn = new Promise<void>((resolve) => {
    socket.on('data', (chunk) => {
      heard += chunk;
      if (heard.includes('40{') && !heard.includes('430['))
        socket.write(frame(`420["join",{"room":"talk","name":"${name}"}]`));
      if (heard.includes('430[')) resolve();
    });
  });
  socket.write(frame('40'));
  await isIn;
  socket.removeAllListeners('data');
  socket.pause();
  return socket;
}

test('a client with too many bytes waiting is cut off, and nobody else', async () => {
  const limits = { maxBufferedBytes: 500_000, maxTotalBufferedBytes: 1e12 };
  const { url } = await startServer({ ...limits, messageLength: 90_000 });
  const ana = client(url);
  await ask(ana, 'join', { room: 'talk', name: 'Ana' });
  const slow = await deaf(url, 'Slow');
  let isGone = false;
  const left = next(ana, 'left', named('Slow')).then(() => {
    isGone = true;
  });
  const text = 'x'.repeat(90_000);
  while (!isGone) await ask(ana, 'message', { room: 'talk', text });
  await left;
  expect((await vitals(url)).evicted).toBe(1);
  const closed = once(slow, 'close');
  slow.resume();
  await closed;
  expect(ana.connected).toBe(true);
});

test('a client that reads again in time is told why it is cut off', async () => {
  const { url } = await startServer({ maxBufferedPackets: 3, transports: ['polling'] });
  const path = `${url}/socket.io/?EIO=4&transport=polling`;
  const { sid } = JSON.parse((await get(path)).body.slice(1)) as { sid: string };
  await get(`${path}&sid=${sid}`, {}, '40');
  await get(`${path}&sid=${sid}`);
  for (let at = 0; at < 9; at += 1) await get(`${path}&sid=${sid}`, {}, '42["chat message","x"]');
  await expect.poll(async () => (await vitals(url)).evicted).toBe(1);
  expect((await get(`${path}&sid=${sid}`)).body).toContain('42["evicted",{"reason":"slow"}]');
});

test('where too much waits for all together, those with the most go first', async () => {
  const limits = { maxBufferedBytes: 50_000_000, maxTotalBufferedBytes: 400_000 };
  const { url } = await startServer({ ...limits, transports: ['polling'], historyLength: 0 });
  const path = `${url}/socket.io/?EIO=4&transport=polling`;
  const sids: string[] = [];
  const ana = client(url, 'polling');
  await ask(ana, 'rtt');
  for (const rooms of [['tea'], ['tea', 'talk']]) {
    const { sid } = JSON.parse((await get(path)).body.slice(1)) as { sid: string };
    sids.push(sid);
    await get(`${path}&sid=${sid}`, {}, '40');
    await get(`${path}&sid=${sid}`);
    for (const room of rooms) await get(`${path}&sid=${sid}`, {}, `42["join",{"room":"${room}","name":"${sid}"}]`);
  }
  for (const room of ['tea', 'talk']) await ask(ana, 'join', { room, name: 'Ana' });
  const text = 'x'.repeat(2000);
  for (let at = 0; at < 80; at += 1) await ask(ana, 'message', { room: 'tea', text });
  expect((await vitals(url)).evicted).toBe(0);
  for (let at = 0; at < 60; at += 1) await ask(ana, 'message', { room: 'talk', text });
  await expect.poll(async () => (await vitals(url)).evicted).toBe(1);
  expect((await get(`${path}&sid=${sids[0]}`)).body).not.toContain('"evicted"');
});

test.each([
  ['over WebSocket', deaf],
  ['over polling', unpolled],
])('pongs without reading do not keep a client %s', async (_over, open) => {
  const { url } = await startServer({ pingInterval: 500, pingTimeout: 1500 });
  const ana = client(url);
  await ask(ana, 'join', { room: 'talk', name: 'Ana' });
  const left = next(ana, 'left', named('Deaf'));
  const joined = next(ana, 'joined', named('Deaf'));
  const socket = await open(url, 'Deaf');
  const timer = setInterval(() => socket.write(frame('3')), 100);
  await joined;
  await left;
  clearInterval(timer);
  expect((await vitals(url)).evicted).toBe(1);
});

/** A polling session in the room `talk` that fetches nothing once it is in; what is written goes by POST. */
async function unpolled(url: string, name: string): Promise<{ write(frame: Buffer): void }> {
  const path = `${url}/socket.io/?EIO=4&transport=polling`;
  const { sid } = JSON.parse((await get(path)).body.slice(1)) as { sid: string };
  await get(`${path}&sid=${sid}`, {}, '40');
  await get(`${path}&sid=${sid}`);
  await get(`${path}&sid=${sid}`, {}, `42["join",{"room":"talk","name":"${name}"}]`);
  return { write: () => void get(`${path}&sid=${sid}`, {}, '3').catch(() => undefined) };
}

test.each([
  ['pongs', '3'],
  ['acks', '430[]'],
  ['events that nobody listens for', '42["nonsense"]'],
])('who floods with %s is cut off', async (_what, packet) => {
  const { url } = await startServer({ messagesPerSecond: 20 });
  const ana = client(url);
  await ask(ana, 'join', { room: 'talk', name: 'Ana' });
  const joined = next(ana, 'joined', named('Flood'));
  const flood = await deaf(url, 'Flood');
  await joined;
  const left = next(ana, 'left', named('Flood'));
  for (let at = 0; at < 1500; at += 1) flood.write(frame(packet));
  flood.resume();
  await left;
  expect((await vitals(url)).evicted).toBe(1);
  expect(await ask(ana, 'rtt')).toEqual({ ok: true });
});

test('a response that nobody takes is cut off', async () => {
  const { url } = await startServer({ idleTimeout: 500 });
  const { hostname, port, host } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port) });
  await once(socket, 'connect');
  socket.pause();
  socket.on('error', () => {});
  // More than a kernel takes for who does not read.
  const request = `GET /socket.io/socket.io.js.map HTTP/1.1\r\nHost: ${host}\r\n\r\n`;
  socket.write(request.repeat(200));
  await expect.poll(async () => (await vitals(url)).bufferedBytes).toBe(0);
  const closed = new Promise((resolve) => socket.once('close', resolve));
  const timer = setInterval(() => socket.write(request), 100);
  await closed;
  clearInterval(timer);
});
