import { expect, test } from 'vitest';
import { type Barred, type Entrant, type Room, Rooms } from './rooms.ts';

const limits = { rooms: 3, members: 3, historyLength: 3, historyBytes: 1000, lingerMs: 1000 };
const message = (text: string) => ({ id: text, room: 'r', from: 'ana', text, at: 0 });
const as = (socketId: string, name: string, person = socketId): Entrant => ({ socketId, name, person });

/** What entering gives where it is allowed. */
function entered(outcome: { room: Room; former: string | undefined } | Barred) {
  if (typeof outcome === 'string') throw new Error(`Expected to enter, got ${outcome}`);
  return outcome;
}

test('a room keeps the last messages only', () => {
  const rooms = new Rooms(limits);
  const { room } = entered(rooms.enter('r', as('s1', 'ana')));
  for (const text of ['a', 'b', 'c', 'd']) rooms.remember(room, message(text));
  expect(room.history.map(({ text }) => text)).toEqual(['b', 'c', 'd']);
});

test("a room's history is bounded in bytes, whatever is written", () => {
  const rooms = new Rooms(limits);
  const { room } = entered(rooms.enter('r', as('s1', 'ana')));
  rooms.remember(room, message('x'.repeat(500)));
  rooms.remember(room, message('é'.repeat(200)));
  expect(room.history).toHaveLength(1);
  rooms.remember(room, message('x'.repeat(2000)));
  expect([room.history, room.historyBytes]).toEqual([[], 0]);
});

test('entering twice is entering once, under the later name', () => {
  const rooms = new Rooms(limits);
  expect(entered(rooms.enter('r', as('s1', 'ana'))).former).toBeUndefined();
  const again = entered(rooms.enter('r', as('s1', 'Ana')));
  expect(again.former).toBe('ana');
  expect([...again.room.members.values()]).toEqual(['Ana']);
  entered(rooms.enter('r', as('s2', 'ana')));
});

test('a name is one person’s while they are in, with however many sockets', () => {
  const rooms = new Rooms(limits);
  const { room } = entered(rooms.enter('r', as('s1', 'Ana', 'key')));
  expect(rooms.enter('r', as('s2', 'Ana'))).toBe('nameTaken');
  entered(rooms.enter('r', as('s3', 'Ana', 'key')));
  expect(rooms.names(room)).toEqual(['Ana', 'Ana']);
  rooms.exit('r', 's1', 0);
  expect(rooms.enter('r', as('s2', 'Ana'))).toBe('nameTaken');
  rooms.exit('r', 's3', 0);
  entered(rooms.enter('r', as('s2', 'Ana')));
});

test('a room takes so many, and those who are in may come again', () => {
  const rooms = new Rooms(limits);
  for (const id of ['s1', 's2', 's3']) entered(rooms.enter('r', as(id, id)));
  expect(rooms.enter('r', as('s4', 's4'))).toBe('roomFull');
  entered(rooms.enter('r', as('s3', 'other')));
  rooms.exit('r', 's1', 0);
  entered(rooms.enter('r', as('s4', 's4')));
});

test('the names of those in are in order and follow every change', () => {
  const rooms = new Rooms(limits);
  const { room } = entered(rooms.enter('r', as('s1', 'Zoe')));
  rooms.enter('r', as('s2', 'Ana'));
  expect(rooms.names(room)).toEqual(['Ana', 'Zoe']);
  rooms.exit('r', 's2', 0);
  expect(rooms.names(room)).toEqual(['Zoe']);
  rooms.enter('r', as('s1', 'Bea'));
  expect(rooms.names(room)).toEqual(['Bea']);
});

test('an empty room lingers, then is forgotten', () => {
  const rooms = new Rooms(limits);
  rooms.enter('r', as('s1', 'ana'));
  expect(rooms.exit('r', 's1', 100)).toBe('ana');
  expect(rooms.exit('r', 's1', 100)).toBeUndefined();
  rooms.sweep(1099);
  expect(rooms.get('r')).toBeDefined();
  rooms.sweep(1100);
  expect(rooms.get('r')).toBeUndefined();
});

test('of too many rooms the one that emptied first goes, and none with somebody in', () => {
  const rooms = new Rooms(limits);
  for (const name of ['busy', 'a', 'b']) entered(rooms.enter(name, as('s1', 'ana')));
  expect(rooms.enter('c', as('s1', 'ana'))).toBe('tooManyRooms');
  for (const name of ['b', 'a']) rooms.exit(name, 's1', 0);
  entered(rooms.enter('c', as('s1', 'ana')));
  expect(['busy', 'a', 'b', 'c'].filter((name) => rooms.get(name))).toEqual(['busy', 'a', 'c']);
});

test('the list has the fullest rooms first and no empty ones', () => {
  const rooms = new Rooms(limits);
  rooms.enter('small', as('s1', 'ana'));
  rooms.enter('big', as('s1', 'ana'));
  rooms.enter('big', as('s2', 'ben'));
  rooms.enter('empty', as('s1', 'ana'));
  rooms.exit('empty', 's1', 0);
  expect(rooms.list(5)).toEqual([
    { room: 'big', members: 2 },
    { room: 'small', members: 1 },
  ]);
  expect(rooms.list(1)).toHaveLength(1);
});
