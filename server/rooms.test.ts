import { expect, test } from 'vitest';
import { Rooms } from './rooms.ts';

const limits = { historyLength: 3, lingerMs: 1000, emptyRooms: 2 };
const message = (text: string) => ({ id: text, room: 'r', from: 'ana', text, at: 0 });

test('a room keeps the last messages only', () => {
  const rooms = new Rooms(limits);
  const { room } = rooms.enter('r', 's1', 'ana');
  for (const text of ['a', 'b', 'c', 'd']) rooms.remember(room, message(text));
  expect(room.history.map(({ text }) => text)).toEqual(['b', 'c', 'd']);
});

test('entering twice is entering once, under the later name', () => {
  const rooms = new Rooms(limits);
  expect(rooms.enter('r', 's1', 'ana').former).toBeUndefined();
  const again = rooms.enter('r', 's1', 'Ana');
  expect(again.former).toBe('ana');
  expect([...again.room.members.values()]).toEqual(['Ana']);
});

test('the names of those in are in order and follow every change', () => {
  const rooms = new Rooms(limits);
  const { room } = rooms.enter('r', 's1', 'Zoe');
  rooms.enter('r', 's2', 'Ana');
  rooms.enter('r', 's3', 'Ana');
  expect(rooms.names(room)).toEqual(['Ana', 'Ana', 'Zoe']);
  rooms.exit('r', 's2', 0);
  expect(rooms.names(room)).toEqual(['Ana', 'Zoe']);
  rooms.enter('r', 's1', 'Bea');
  expect(rooms.names(room)).toEqual(['Ana', 'Bea']);
});

test('an empty room lingers, then is forgotten', () => {
  const rooms = new Rooms(limits);
  rooms.enter('r', 's1', 'ana');
  expect(rooms.exit('r', 's1', 100)).toBe('ana');
  expect(rooms.exit('r', 's1', 100)).toBeUndefined();
  rooms.sweep(1099);
  expect(rooms.get('r')).toBeDefined();
  rooms.sweep(1100);
  expect(rooms.get('r')).toBeUndefined();
});

test('of too many empty rooms the ones that emptied first go, and none with somebody in', () => {
  const rooms = new Rooms(limits);
  for (const name of ['busy', 'a', 'b', 'c', 'd']) rooms.enter(name, 's1', 'ana');
  for (const name of ['d', 'a', 'b', 'c']) rooms.exit(name, 's1', 0);
  rooms.sweep(1);
  expect(['busy', 'd', 'a', 'b', 'c'].filter((name) => rooms.get(name))).toEqual(['busy', 'b', 'c']);
});

test('the list has the fullest rooms first and no empty ones', () => {
  const rooms = new Rooms(limits);
  rooms.enter('small', 's1', 'ana');
  rooms.enter('big', 's1', 'ana');
  rooms.enter('big', 's2', 'ben');
  rooms.enter('empty', 's1', 'ana');
  rooms.exit('empty', 's1', 0);
  expect(rooms.list(5)).toEqual([
    { room: 'big', members: 2 },
    { room: 'small', members: 1 },
  ]);
  expect(rooms.list(1)).toHaveLength(1);
});
