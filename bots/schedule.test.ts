import { describe, expect, test } from 'vitest';
import { countTurns, type Rota, turnsOf } from './schedule.ts';

const rota: Rota = { seed: 'a', talkers: 3, rate: 10, fromMs: 1000, toMs: 3000 };

describe('a schedule', () => {
  test('gives every talker its turn at its interval, in the order of time', () => {
    const turns = [...turnsOf(rota)];
    expect(turns).toHaveLength(60);
    expect(turns.map(({ dueAt }) => dueAt)).toEqual(turns.map(({ dueAt }) => dueAt).toSorted((a, b) => a - b));
    for (const talker of [0, 1, 2]) {
      const own = turns.filter((turn) => turn.talker === talker).map(({ dueAt }) => dueAt);
      expect(own[0]).toBeGreaterThanOrEqual(1000);
      own.slice(1).forEach((dueAt, i) => {
        expect(dueAt - own[i]!).toBeCloseTo(100, 6);
      });
    }
  });

  test('is the same for the same seed, and another for another', () => {
    expect([...turnsOf(rota)]).toEqual([...turnsOf({ ...rota })]);
    expect([...turnsOf(rota)]).not.toEqual([...turnsOf({ ...rota, seed: 'b' })]);
  });

  test('moves as a whole with its start', () => {
    const moved = [...turnsOf({ ...rota, fromMs: 5000, toMs: 7000 })];
    expect(moved.map(({ talker }) => talker)).toEqual([...turnsOf(rota)].map(({ talker }) => talker));
    expect(moved[0]!.dueAt - 4000).toBeCloseTo([...turnsOf(rota)][0]!.dueAt, 6);
  });

  test('counts its turns in an interval', () => {
    expect(countTurns(rota, 0, 9000)).toBe(60);
    expect(countTurns(rota, 2000, 3000)).toBe(30);
    expect(countTurns({ ...rota, talkers: 0 }, 0, 9000)).toBe(0);
  });
});
