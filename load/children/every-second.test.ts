import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { everySecond } from './every-second.ts';

let clockAt = 0;
const clock = () => clockAt;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function pass(ms: number): void {
  for (let i = 0; i < ms; i++) {
    clockAt++;
    vi.advanceTimersByTime(1);
  }
}

test('looks back on each second once, wherever in one it began, and before the run as well', () => {
  clockAt = -1300;
  const seen: [number, number][] = [];
  const end = everySecond(clock, 25, (lastMs) => seen.push([lastMs, clockAt]));
  pass(4000);
  end();
  pass(2000);
  expect(seen).toEqual([
    [-1001, -975],
    [-1, 25],
    [999, 1025],
    [1999, 2025],
  ]);
});

test('after a standstill it is about the last whole second, and goes on in time', () => {
  clockAt = 500;
  const seen: number[] = [];
  const end = everySecond(clock, 0, (lastMs) => seen.push(lastMs));
  clockAt = 4200;
  vi.advanceTimersByTime(500);
  pass(1000);
  end();
  expect(seen).toEqual([3999, 4999]);
});

test('a timer that comes early makes no second come twice', () => {
  clockAt = 0;
  const seen: number[] = [];
  const end = everySecond(clock, 0, (lastMs) => seen.push(lastMs));
  clockAt = 999.4;
  vi.advanceTimersByTime(1000);
  clockAt = 1998;
  vi.advanceTimersByTime(900);
  expect(seen).toEqual([999]);
  vi.advanceTimersByTime(200);
  end();
  expect(seen).toEqual([999, 1999]);
});
