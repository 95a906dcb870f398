import { expect, test } from 'vitest';
import { ask, client, next, startServer } from '../test/support/test-client.ts';

test('plain: everyone connected hears a bare string, the sender included', async () => {
  const { url } = await startServer();
  const [ana, ben] = [client(url), client(url, 'polling')];
  await Promise.all([next(ana, 'connect'), next(ben, 'connect')]);
  const heard = Promise.all([next(ana, 'chat message'), next(ben, 'chat message')]);
  const ack = await ask(ana, 'chat message', 'hello');
  expect(ack).toEqual({ ok: true, id: expect.any(String) });
  expect(await heard).toEqual(['hello', 'hello']);
});

test('plain: no ack is needed', async () => {
  const { url } = await startServer();
  const ana = client(url);
  const heard = next(ana, 'chat message');
  ana.emit('chat message', 'hello');
  expect(await heard).toBe('hello');
});

test('rooms: the members hear a message, the sender included, and nobody else', async () => {
  const { url } = await startServer();
  const [ana, ben, eve] = [client(url), client(url, 'polling'), client(url)];
  expect(await ask(ana, 'join', { room: 'tea', name: 'Ana' })).toEqual({
    ok: true,
    members: ['Ana'],
    count: 1,
    history: [],
  });
  const joined = await ask(ben, 'join', { room: 'tea', name: 'Ben' });
  expect(joined.members).toEqual(['Ana', 'Ben']);
  await ask(eve, 'join', { room: 'coffee', name: 'Eve' });
  const overheard: unknown[] = [];
  eve.on('message', (message) => overheard.push(message));

  const heard = Promise.all([next(ana, 'message'), next(ben, 'message')]);
  const { id } = await ask(ana, 'message', { room: 'tea', text: 'milk?' });
  const message = { id, room: 'tea', from: 'Ana', text: 'milk?', at: expect.any(Number) };
  expect(await heard).toEqual([message, message]);
  await ask(eve, 'rooms');
  expect(overheard).toEqual([]);
});

test('rooms: who comes and goes is told, and disconnecting is leaving', async () => {
  const { url } = await startServer();
  const [ana, ben] = [client(url), client(url)];
  await ask(ana, 'join', { room: 'tea', name: 'Ana' });
  const isBen = ({ name }: { name: string }) => name === 'Ben';
  const joined = next(ana, 'joined', isBen);
  await ask(ben, 'join', { room: 'tea', name: 'Ben' });
  expect(await joined).toEqual({ room: 'tea', name: 'Ben', members: 2 });
  const left = next(ana, 'left', isBen);
  expect(await ask(ben, 'leave', { room: 'tea' })).toEqual({ ok: true });
  expect(await left).toEqual({ room: 'tea', name: 'Ben', members: 1 });
  await ask(ben, 'join', { room: 'tea', name: 'Ben' });
  await next(ana, 'joined', isBen);
  const gone = next(ana, 'left', isBen);
  ben.disconnect();
  expect(await gone).toEqual({ room: 'tea', name: 'Ben', members: 1 });
});

test('rooms: many who come at once are told as one number', async () => {
  const { url } = await startServer();
  const ana = client(url);
  const bots = Array.from({ length: 20 }, () => client(url));
  await Promise.all([ana, ...bots].map((socket) => next(socket, 'connect')));
  await ask(ana, 'join', { room: 'storm-1', name: 'Ana' });
  const crowd = next(ana, 'crowd');
  await Promise.all(bots.map((socket, at) => ask(socket, 'join', { room: 'storm-1', name: `bot-${at}` })));
  expect(await crowd).toMatchObject({ room: 'storm-1', left: 0 });
});

test('rooms: the others see somebody type', async () => {
  const { url } = await startServer();
  const [ana, ben] = [client(url), client(url)];
  await ask(ana, 'join', { room: 'tea', name: 'Ana' });
  await ask(ben, 'join', { room: 'tea', name: 'Ben' });
  const typing = next(ben, 'typing');
  ana.emit('typing', { room: 'tea' });
  expect(await typing).toEqual({ room: 'tea', name: 'Ana' });
});

test('rooms: a member who joins gets the last fifty messages', async () => {
  const { url } = await startServer();
  const [ana, ben] = [client(url), client(url)];
  await ask(ana, 'join', { room: 'tea', name: 'Ana' });
  await Promise.all(Array.from({ length: 60 }, (_, at) => ask(ana, 'message', { room: 'tea', text: `${at}` })));
  const { history = [] } = await ask(ben, 'join', { room: 'tea', name: 'Ben' });
  expect(history.map(({ text }) => text)).toEqual(Array.from({ length: 50 }, (_, at) => `${at + 10}`));
});

test('rooms: a name is one person’s: a second one is told, and the same person may come again', async () => {
  const { url } = await startServer();
  const [ana, other, again] = [client(url), client(url), client(url)];
  for (const one of [ana, again]) one.auth = { key: 'of Ana' };
  await ask(ana, 'join', { room: 'tea', name: 'Ana' });
  expect(await ask(other, 'join', { room: 'tea', name: 'Ana' })).toEqual({
    ok: false,
    error: { code: 'NAME_TAKEN', message: expect.stringContaining('choose another name') },
  });
  expect(await ask(other, 'message', { room: 'tea', text: 'x' })).toMatchObject({ error: { code: 'NOT_JOINED' } });
  expect(await ask(other, 'join', { room: 'coffee', name: 'Ana' })).toMatchObject({ ok: true });
  expect(await ask(again, 'join', { room: 'tea', name: 'Ana' })).toMatchObject({ ok: true, count: 2 });
});

test('rooms: the history comes with the first join, not again to a member', async () => {
  const { url } = await startServer();
  const ana = client(url);
  await ask(ana, 'join', { room: 'tea', name: 'Ana' });
  await ask(ana, 'message', { room: 'tea', text: 'one' });
  expect(await ask(ana, 'join', { room: 'tea', name: 'Ann' })).toMatchObject({ ok: true, history: [] });
  await ask(ana, 'leave', { room: 'tea' });
  expect((await ask(ana, 'join', { room: 'tea', name: 'Ana' })).history).toHaveLength(1);
});

test('rooms: how many there are and how many are in one is bounded', async () => {
  const { url } = await startServer({ maxRooms: 2, maxMembers: 1 });
  const [ana, ben] = [client(url), client(url)];
  for (const room of ['tea', 'coffee']) await ask(ana, 'join', { room, name: 'Ana' });
  const codeOf = async (socket: typeof ana, room: string) =>
    (await ask(socket, 'join', { room, name: 'Ben' })).error?.code;
  expect(await codeOf(ben, 'tea')).toBe('ROOM_FULL');
  expect(await codeOf(ben, 'milk')).toBe('TOO_MANY_ROOMS');
  await ask(ana, 'leave', { room: 'tea' });
  expect(await codeOf(ben, 'milk')).toBeUndefined();
});

test('rooms: the list says which rooms there are', async () => {
  const { url } = await startServer();
  const ana = client(url);
  await ask(ana, 'join', { room: 'tea', name: 'Ana' });
  expect(await ask(ana, 'rooms')).toEqual({ ok: true, rooms: [{ room: 'tea', members: 1 }], connected: 1 });
});

test('with state recovery a member cut off is a member again, with what was missed', async () => {
  const { url } = await startServer({ stateRecovery: true });
  const [ana, ben] = [client(url), client(url)];
  await ask(ana, 'join', { room: 'tea', name: 'Ana' });
  await ask(ben, 'join', { room: 'tea', name: 'Ben' });
  await Promise.all([next(ben, 'message'), ask(ana, 'message', { room: 'tea', text: 'one' })]);
  const left = next(ana, 'left');
  const missed = next(ben, 'message');
  ben.io.engine.close();
  await left;
  await ask(ana, 'message', { room: 'tea', text: 'two' });
  expect(await missed).toMatchObject({ text: 'two' });
  await expect.poll(() => ben.recovered).toBe(true);
  expect(await ask(ben, 'message', { room: 'tea', text: 'three' })).toMatchObject({ ok: true });
  expect((await ask(ana, 'rooms')).rooms).toEqual([{ room: 'tea', members: 2 }]);
});

test('connections and disconnections are logged where asked for', async () => {
  const lines: string[] = [];
  const server = await startServer({ log: true }, (line) => lines.push(line));
  const ana = client(server.url);
  await next(ana, 'connect');
  const { id } = ana;
  await server.close();
  expect(lines).toEqual([`${id} connected over websocket`, expect.stringMatching(/ disconnected: /)]);
});
