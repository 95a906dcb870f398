import { randomOf } from './random.ts';

/** When every talker speaks: from `fromMs` (inclusive) to `toMs` (exclusive), ms since the run's start. */
export interface Rota {
  readonly seed: string;
  readonly talkers: number;
  /** Messages per second of each talker. */
  readonly rate: number;
  readonly fromMs: number;
  readonly toMs: number;
}

export interface Turn {
  readonly talker: number;
  readonly dueAt: number;
}

/**
 * The turns of a rota in the order of time. The schedule is open-loop and absolute: a talker speaks at a fixed interval
 * from a seeded offset on, whatever became of its earlier messages, so a slow target is not spared (no coordinated
 * omission). Pure: the same rota gives the same turns.
 */
export function* turnsOf(rota: Rota): Generator<Turn, void> {
  const offsets = offsetsOf(rota);
  const order = [...offsets.keys()].sort((a, b) => offsets[a]! - offsets[b]!);
  const interval = 1000 / rota.rate;
  for (let round = 0; ; round++) {
    if (order.length === 0) return;
    for (const talker of order) {
      const dueAt = toMicroseconds(rota.fromMs + offsets[talker]! + round * interval);
      if (dueAt >= rota.toMs) return;
      yield { talker, dueAt };
    }
  }
}

/** How many turns of a rota are due from `fromMs` (inclusive) to `toMs` (exclusive). */
export function countTurns(rota: Rota, fromMs: number, toMs: number): number {
  let count = 0;
  for (const { dueAt } of turnsOf({ ...rota, toMs: Math.min(toMs, rota.toMs) })) if (dueAt >= fromMs) count++;
  return count;
}

/** By talker: its first turn, in ms after the start; spread at random over one interval. */
function offsetsOf({ seed, talkers, rate }: Rota): number[] {
  const random = randomOf(seed, 'schedule');
  return Array.from({ length: talkers }, () => (random() * 1000) / rate);
}

/** Rounded to whole µs, as a token carries it, so that a due time is one number everywhere. */
function toMicroseconds(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
