import { expect, test } from 'vitest';
import { ask, client, frame, get, next, startServer, upgrade } from '../test/support/test-client.ts';

test.each(['websocket', 'polling'] as const)(
  'clients over %s come back by themselves to the next server',
  async (transport) => {
    const first = await startServer();
    const ana = client(first.url, transport);
    await next(ana, 'connect');
    const reason = next(ana, 'disconnect');
    await first.close();
    expect(['transport close', 'transport error']).toContain(await reason);
    const back = next(ana, 'connect');
    await startServer({ port: Number(new URL(first.url).port) });
    await back;
    expect(await ask(ana, 'rtt')).toEqual({ ok: true });
  },
);

test.each(['websocket', 'polling'] as const)(
  'what was queued over %s is delivered before the end',
  async (transport) => {
    const server = await startServer();
    const [ana, ben] = [client(server.url), client(server.url, transport)];
    await ask(ben, 'join', { room: 'tea', name: 'Ben' });
    await ask(ana, 'join', { room: 'tea', name: 'Ana' });
    const heard: string[] = [];
    ben.on('message', ({ text }) => heard.push(text));
    const gone = next(ben, 'disconnect');
    const texts = Array.from({ length: 50 }, (_, at) => `${at}`);
    await Promise.all(texts.map((text) => ask(ana, 'message', { room: 'tea', text })));
    await server.close();
    await gone;
    expect(heard).toEqual(texts);
  },
);

test('closing twice is closing once', async () => {
  const server = await startServer();
  const first = server.close();
  expect(server.close()).toBe(first);
  await first;
  await server.close();
  await expect(get(`${server.url}/health`)).rejects.toThrow('ECONNREFUSED');
});

test('a client that never reacts does not hold the server up', async () => {
  const server = await startServer();
  const socket = await upgrade(server.url);
  if (typeof socket === 'number') throw new Error('Expected an upgrade');
  socket.write(frame('40'));
  await server.close();
  await expect(get(`${server.url}/health`)).rejects.toThrow('ECONNREFUSED');
});

test('a client that does not poll is evicted, and only that one', async () => {
  const { url } = await startServer({ maxBufferedPackets: 20 });
  const ana = client(url);
  await ask(ana, 'join', { room: 'tea', name: 'Ana' });
  const path = `${url}/socket.io/?EIO=4&transport=polling`;
  const { sid } = JSON.parse((await get(path)).body.slice(1)) as { sid: string };
  await get(`${path}&sid=${sid}`, {}, '40');
  const isSlow = ({ name }: { name: string }) => name === 'Slow';
  const joined = next(ana, 'joined', isSlow);
  await get(`${path}&sid=${sid}`, {}, '42["join",{"room":"tea","name":"Slow"}]');
  await joined;
  const left = next(ana, 'left', isSlow);
  await Promise.all(Array.from({ length: 40 }, () => ask(ana, 'message', { room: 'tea', text: 'x' })));
  await left;
  const vitals = async () => JSON.parse((await get(`${url}/vitals`)).body);
  await expect.poll(async () => (await vitals()).clients).toBe(1);
  expect(await vitals()).toMatchObject({ evicted: 1 });
  expect((await get(`${path}&sid=${sid}`)).body).toContain('Session ID unknown');
  expect(ana.connected).toBe(true);
});

test('a WebSocket client that does not read is evicted', async () => {
  const { url } = await startServer({ maxBufferedPackets: 20, messageLength: 90_000 });
  const ana = client(url);
  await ask(ana, 'join', { room: 'talk', name: 'Ana' });
  const socket = await upgrade(url);
  if (typeof socket === 'number') throw new Error('Expected an upgrade');
  const isSlow = ({ name }: { name: string }) => name === 'Slow';
  const joined = next(ana, 'joined', isSlow);
  const isConnected = new Promise<void>((resolve) => {
    socket.on('data', (chunk) => String(chunk).includes('40{') && resolve());
  });
  socket.write(frame('40'));
  await isConnected;
  socket.write(frame('42["join",{"room":"talk","name":"Slow"}]'));
  await joined;
  socket.pause();
  let isGone = false;
  const left = next(ana, 'left', isSlow).then(() => {
    isGone = true;
  });
  const text = 'x'.repeat(90_000);
  while (!isGone) await ask(ana, 'message', { room: 'talk', text });
  await left;
  expect(JSON.parse((await get(`${url}/vitals`)).body)).toMatchObject({ evicted: 1 });
});
