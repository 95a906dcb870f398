import { describe, expect, test } from 'vitest';
import { countSlots, type Schedule, slotsOf } from './schedule.ts';

const schedule: Schedule = { seed: 'a', bots: [4, 5, 6], rate: 10, arrivals: 'constant', fromMs: 1000, toMs: 3000 };

describe('a schedule', () => {
  test('gives every bot its turn at its interval, in the order of time', () => {
    const turns = [...slotsOf(schedule)];
    expect(turns).toHaveLength(60);
    expect(turns.map(({ dueAt }) => dueAt)).toEqual(turns.map(({ dueAt }) => dueAt).toSorted((a, b) => a - b));
    for (const bot of [4, 5, 6]) {
      const own = turns.filter((turn) => turn.bot === bot).map(({ dueAt }) => dueAt);
      expect(own[0]).toBeGreaterThanOrEqual(1000);
      own.slice(1).forEach((dueAt, i) => {
        expect(dueAt - own[i]!).toBeCloseTo(100, 6);
      });
    }
  });

  test('is the same for the same seed, and another for another', () => {
    expect([...slotsOf(schedule)]).toEqual([...slotsOf({ ...schedule })]);
    expect([...slotsOf(schedule)]).not.toEqual([...slotsOf({ ...schedule, seed: 'b' })]);
  });

  test('of several schedules is one, in the order of time', () => {
    const slow: Schedule = { ...schedule, bots: [9], rate: 1, seed: 'slow', toMs: 9000 };
    const turns = [...slotsOf(schedule, slow)];
    expect(turns.filter(({ bot }) => bot === 9)).toEqual([...slotsOf(slow)]);
    expect(turns.filter(({ bot }) => bot !== 9)).toEqual([...slotsOf(schedule)]);
    expect(turns.map(({ dueAt }) => dueAt)).toEqual(turns.map(({ dueAt }) => dueAt).toSorted((a, b) => a - b));
    expect(countSlots([schedule, slow], 0, 9000)).toBe(turns.length);
  });

  test('moves as a whole with its start', () => {
    const moved = [...slotsOf({ ...schedule, fromMs: 5000, toMs: 7000 })];
    expect(moved.map(({ bot }) => bot)).toEqual([...slotsOf(schedule)].map(({ bot }) => bot));
    expect(moved[0]!.dueAt - 4000).toBeCloseTo([...slotsOf(schedule)][0]!.dueAt, 6);
  });

  test('counts its turns in an interval', () => {
    expect(countSlots([schedule], 0, 9000)).toBe(60);
    expect(countSlots([schedule], 2000, 3000)).toBe(30);
    expect(countSlots([{ ...schedule, bots: [] }], 0, 9000)).toBe(0);
  });

  describe('of Poisson arrivals', () => {
    const poisson: Schedule = { ...schedule, arrivals: 'poisson', toMs: 201_000 };
    const turns = [...slotsOf(poisson)];

    test('keeps the rate, and each talker its share', () => {
      expect(turns.length / 200 / 30).toBeCloseTo(1, 1);
      for (const bot of [4, 5, 6]) {
        expect(turns.filter((turn) => turn.bot === bot).length / turns.length).toBeCloseTo(1 / 3, 1);
      }
    });

    test('has exponential gaps: as wide spread as they are long', () => {
      const gaps = turns.slice(1).map(({ dueAt }, i) => dueAt - turns[i]!.dueAt);
      const mean = gaps.reduce((a, b) => a + b, 0) / gaps.length;
      const deviation = Math.sqrt(gaps.reduce((a, b) => a + (b - mean) ** 2, 0) / gaps.length);
      expect(Math.min(...gaps)).toBeGreaterThanOrEqual(0);
      expect(deviation / mean).toBeCloseTo(1, 1);
    });

    test('is the same for the same seed, and another for another', () => {
      expect([...slotsOf(poisson)]).toEqual(turns);
      expect([...slotsOf({ ...poisson, seed: 'b' })]).not.toEqual(turns);
      expect([...slotsOf({ ...poisson, bots: [] })]).toEqual([]);
    });
  });
});
