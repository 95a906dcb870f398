import { randomOf } from './random.ts';

/** When every talker speaks: from `fromMs` (inclusive) to `toMs` (exclusive), ms since the run's start. */
export interface Rota {
  readonly seed: string;
  readonly talkers: number;
  /** Messages per second of each talker. */
  readonly rate: number;
  /** Whether a talker's turns are evenly spaced, or a Poisson process of the same rate. */
  readonly arrivals: 'constant' | 'poisson';
  readonly fromMs: number;
  readonly toMs: number;
}

export interface Turn {
  readonly talker: number;
  readonly dueAt: number;
}

/**
 * The turns of a rota in the order of time. The schedule is open-loop and absolute: whatever became of earlier messages,
 * the next are due when they are due, so a slow target is not spared (no coordinated omission). Pure: the same rota gives
 * the same turns.
 */
export function turnsOf(rota: Rota): Generator<Turn, void> {
  return rota.arrivals === 'poisson' ? poissonTurns(rota) : constantTurns(rota);
}

/** How many turns of a rota are due from `fromMs` (inclusive) to `toMs` (exclusive). */
export function countTurns(rota: Rota, fromMs: number, toMs: number): number {
  let count = 0;
  for (const { dueAt } of turnsOf({ ...rota, toMs: Math.min(toMs, rota.toMs) })) if (dueAt >= fromMs) count++;
  return count;
}

/** Every talker speaks at a fixed interval, from a seeded offset on. */
function* constantTurns(rota: Rota): Generator<Turn, void> {
  const offsets = offsetsOf(rota);
  const order = [...offsets.keys()].sort((a, b) => offsets[a]! - offsets[b]!);
  const interval = 1000 / rota.rate;
  for (let round = 0; order.length > 0; round++) {
    for (const talker of order) {
      const dueAt = toMicroseconds(rota.fromMs + offsets[talker]! + round * interval);
      if (dueAt >= rota.toMs) return;
      yield { talker, dueAt };
    }
  }
}

/** The talkers' Poisson processes together are one of their summed rate, whose turns fall to any of them alike. */
function* poissonTurns({ seed, talkers, rate, fromMs, toMs }: Rota): Generator<Turn, void> {
  const random = randomOf(seed, 'schedule');
  const mean = 1000 / (rate * talkers);
  let at = fromMs;
  while (talkers > 0) {
    at -= Math.log(1 - random()) * mean;
    const dueAt = toMicroseconds(at);
    if (dueAt >= toMs) return;
    yield { talker: Math.floor(random() * talkers), dueAt };
  }
}

/** By talker: its first turn, in ms after the start; spread at random over one interval. */
function offsetsOf({ seed, talkers, rate }: Rota): number[] {
  const random = randomOf(seed, 'schedule');
  return Array.from({ length: talkers }, () => (random() * 1000) / rate);
}

/** ms rounded to whole µs, as a token carries them, so that a due time is one number everywhere. */
export function toMicroseconds(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
