import { randomOf } from './random.ts';

/** When some bots speak: from `fromMs` (inclusive) to `toMs` (exclusive), ms since the run's start. */
export interface Rota {
  readonly seed: string;
  /** Who speaks, by number. */
  readonly bots: readonly number[];
  /** Messages per second of each. */
  readonly rate: number;
  /** Whether a bot's turns are evenly spaced, or a Poisson process of the same rate. */
  readonly arrivals: 'constant' | 'poisson';
  readonly fromMs: number;
  readonly toMs: number;
}

export interface Turn {
  readonly bot: number;
  readonly dueAt: number;
}

/**
 * The turns of rotas in the order of time. The schedule is open-loop and absolute: whatever became of earlier messages,
 * the next are due when they are due, so a slow target is not spared (no coordinated omission). Pure: the same rotas give
 * the same turns.
 */
export function* turnsOf(...rotas: readonly Rota[]): Generator<Turn, void> {
  const heads = rotas.map((rota) => {
    const turns = rota.arrivals === 'poisson' ? poissonTurns(rota) : constantTurns(rota);
    return { turns, next: turns.next().value };
  });
  for (;;) {
    let first: (typeof heads)[number] | undefined;
    for (const head of heads) {
      if (head.next && (!first?.next || head.next.dueAt < first.next.dueAt)) first = head;
    }
    if (!first?.next) return;
    yield first.next;
    first.next = first.turns.next().value;
  }
}

/** How many turns of rotas are due from `fromMs` (inclusive) to `toMs` (exclusive). */
export function countTurns(rotas: readonly Rota[], fromMs: number, toMs: number): number {
  let count = 0;
  for (const rota of rotas) {
    for (const { dueAt } of turnsOf({ ...rota, toMs: Math.min(toMs, rota.toMs) })) if (dueAt >= fromMs) count++;
  }
  return count;
}

/** Every bot speaks at a fixed interval, from a seeded offset on. */
function* constantTurns(rota: Rota): Generator<Turn, void> {
  const offsets = offsetsOf(rota);
  const order = [...offsets.keys()].sort((a, b) => offsets[a]! - offsets[b]!);
  const interval = 1000 / rota.rate;
  for (let round = 0; order.length > 0; round++) {
    for (const seat of order) {
      const dueAt = toMicroseconds(rota.fromMs + offsets[seat]! + round * interval);
      if (dueAt >= rota.toMs) return;
      yield { bot: rota.bots[seat]!, dueAt };
    }
  }
}

/** The bots' Poisson processes together are one of their summed rate, whose turns fall to any of them alike. */
function* poissonTurns({ seed, bots, rate, fromMs, toMs }: Rota): Generator<Turn, void> {
  const random = randomOf(seed, 'schedule');
  const mean = 1000 / (rate * bots.length);
  let at = fromMs;
  while (bots.length > 0) {
    at -= Math.log(1 - random()) * mean;
    const dueAt = toMicroseconds(at);
    if (dueAt >= toMs) return;
    yield { bot: bots[Math.floor(random() * bots.length)]!, dueAt };
  }
}

/** By seat: its first turn, in ms after the start; spread at random over one interval. */
function offsetsOf({ seed, bots, rate }: Rota): number[] {
  const random = randomOf(seed, 'schedule');
  return bots.map(() => (random() * 1000) / rate);
}

/** ms rounded to whole µs, as a token carries them, so that a due time is one number everywhere. */
export function toMicroseconds(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
