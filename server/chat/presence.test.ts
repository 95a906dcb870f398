import type { Socket } from 'socket.io-client';
import { expect, test } from 'vitest';
import { ask, client, next, silentLink, startServer } from '../../test/support/test-client.ts';

const quick = { pingInterval: 500, pingTimeout: 500 };
const named = (who: string) => (change: { name: string }) => change.name === who;

/** A client over WebSocket that is in the room `tea`. */
async function member(url: string, name: string): Promise<Socket> {
  const socket = client(url);
  await ask(socket, 'join', { room: 'tea', name });
  return socket;
}

async function here(socket: Socket): Promise<string[] | undefined> {
  const { ok, members, count } = await ask(socket, 'presence', { room: 'tea' });
  expect([ok, count]).toEqual([true, members?.length]);
  return members;
}

test('members learn who is in, in order, and nobody else does', async () => {
  const { url } = await startServer();
  const [zoe, eve] = [await member(url, 'Zoe'), client(url)];
  await member(url, 'Ana');
  expect(await ask(zoe, 'presence', { room: 'tea' })).toEqual({ ok: true, members: ['Ana', 'Zoe'], count: 2 });
  expect(await ask(eve, 'presence', { room: 'tea' })).toMatchObject({ ok: false, error: { code: 'NOT_JOINED' } });
  expect(await ask(eve, 'presence', { room: 'nowhere' })).toMatchObject({ error: { code: 'NOT_JOINED' } });
  await ask(zoe, 'leave', { room: 'tea' });
  expect(await ask(zoe, 'presence', { room: 'tea' })).toMatchObject({ error: { code: 'NOT_JOINED' } });
});

test('leaving, disconnecting and another name show at once', async () => {
  const { url } = await startServer();
  const ana = await member(url, 'Ana');
  const isTold = next(ana, 'joined', named('Cleo'));
  const [ben, cleo] = [await member(url, 'Ben'), await member(url, 'Cleo')];
  await ask(ben, 'leave', { room: 'tea' });
  expect(await here(ana)).toEqual(['Ana', 'Cleo']);
  await isTold;
  const [left, joined] = [next(ana, 'left', named('Cleo')), next(ana, 'joined', named('Chloe'))];
  await ask(cleo, 'join', { room: 'tea', name: 'Chloe' });
  expect(await here(ana)).toEqual(['Ana', 'Chloe']);
  expect(await Promise.all([left, joined])).toEqual([
    { room: 'tea', name: 'Cleo', members: 2 },
    { room: 'tea', name: 'Chloe', members: 2 },
  ]);
  const gone = next(ana, 'left', named('Chloe'));
  cleo.disconnect();
  await gone;
  expect(await here(ana)).toEqual(['Ana']);
});

test('who comes and goes at once is told in that order', async () => {
  const { url } = await startServer();
  const [ana, ben] = [await member(url, 'Ana'), client(url)];
  const told: string[] = [];
  for (const kind of ['joined', 'left']) ana.on(kind, ({ name }) => told.push(`${name} ${kind}`));
  const left = next(ana, 'left', named('Ben'));
  await Promise.all([ask(ben, 'join', { room: 'tea', name: 'Ben' }), ask(ben, 'leave', { room: 'tea' })]);
  await left;
  expect(told.slice(-2)).toEqual(['Ben joined', 'Ben left']);
});

test('a long list is cut, the count is not', async () => {
  const { url } = await startServer();
  const ana = await member(url, 'Ana');
  const names = Array.from({ length: 204 }, (_, at) => `bot-${String(at).padStart(3, '0')}`);
  const links = await Promise.all(names.map(() => silentLink(url)));
  await Promise.all(
    links.map(async (link, at) => {
      link.send(`421["join",{"room":"tea","name":"${names[at]}"}]`);
      await link.heard(/431\[/);
    }),
  );
  const { members, count } = await ask(ana, 'presence', { room: 'tea' });
  expect([count, members]).toEqual([205, ['Ana', ...names.slice(0, 199)]]);
});

test('a half-open link is there until the ping timeout, and gone after it', async () => {
  const { url } = await startServer(quick);
  const ana = await member(url, 'Ana');
  const ben = await silentLink(url);
  ben.send('421["join",{"room":"tea","name":"Ben"}]');
  await ben.heard(/431\[/);
  expect(await here(ana)).toEqual(['Ana', 'Ben']);
  await next(ana, 'left', named('Ben'));
  expect(await here(ana)).toEqual(['Ana']);
});

test('a recovered session is on the list once, and off it while it is away', async () => {
  const { url } = await startServer({ stateRecovery: true });
  const [ana, ben] = [await member(url, 'Ana'), await member(url, 'Ben')];
  await Promise.all([next(ben, 'message'), ask(ana, 'message', { room: 'tea', text: 'one' })]);
  // Away until the test calls it back.
  ben.io.reconnectionDelay(60_000);
  ben.io.engine.close();
  await next(ana, 'left', named('Ben'));
  expect(await here(ana)).toEqual(['Ana']);
  ben.connect();
  await next(ben, 'connect');
  expect(ben.recovered).toBe(true);
  expect(await here(ben)).toEqual(['Ana', 'Ben']);
  expect(await here(ana)).toEqual(['Ana', 'Ben']);
});

test('a session is not recovered while an old link holds it, and outlives the end of that link', async () => {
  const { url } = await startServer({ stateRecovery: true, ...quick });
  const ana = await member(url, 'Ana');
  const key = 'of Ben';
  const first = await silentLink(url, { key });
  const [, pid] = await first.heard(/"pid":"([^"]+)"/);
  first.send('42["join",{"room":"tea","name":"Ben"}]');
  await next(ana, 'joined', named('Ben'));
  await ask(ana, 'message', { room: 'tea', text: 'one' });
  const [, offset] = await first.heard(/"message",\{[^}]*\},"([^"]+)"/);
  const gone = next(ana, 'left', named('Ben'));
  first.cut();
  await gone;

  // Recovered, then half-open: the server still takes this link for Ben's.
  await silentLink(url, { key, pid, offset });
  expect(await here(ana)).toEqual(['Ana', 'Ben']);
  const ben = client(url);
  ben.auth = { key, pid, offset };
  await ask(ben, 'join', { room: 'tea', name: 'Ben' });
  expect(await here(ana)).toEqual(['Ana', 'Ben', 'Ben']);
  await next(ana, 'left', named('Ben'));
  expect(await here(ana)).toEqual(['Ana', 'Ben']);
  const heard = next(ben, 'message');
  await ask(ana, 'message', { room: 'tea', text: 'two' });
  expect(await heard).toMatchObject({ text: 'two' });
});
