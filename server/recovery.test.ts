import { Server } from 'socket.io';
import { expect, test } from 'vitest';
import { boundRecovery } from './recovery.ts';

test('what is kept for recovery is bounded, the oldest goes first', () => {
  const io = new Server({ connectionStateRecovery: {} });
  const store = io.of('/').adapter as unknown as { packets: number[]; sessions: Map<string, number> };
  store.packets.push(1, 2, 3, 4, 5);
  for (const [at, id] of ['a', 'b', 'c'].entries()) store.sessions.set(id, at);
  boundRecovery(io, { packets: 3, sessions: 2 });
  expect(store.packets).toEqual([3, 4, 5]);
  expect([...store.sessions.keys()]).toEqual(['b', 'c']);
});

test('without recovery there is nothing to bound', () => {
  const io = new Server();
  expect(() => boundRecovery(io, { packets: 1, sessions: 1 })).not.toThrow();
});
