import { randomOf } from '../base/random.ts';

/** When some bots send: from `fromMs` (inclusive) to `toMs` (exclusive), ms since the run's start. */
export interface Schedule {
  readonly seed: string;
  /** Which bots send, by number. */
  readonly bots: readonly number[];
  /** Messages per second of each. */
  readonly rate: number;
  /** Whether a bot's slots are evenly spaced, or a Poisson process of the same rate. */
  readonly arrivals: 'constant' | 'poisson';
  readonly fromMs: number;
  readonly toMs: number;
}

/** One message that is due. */
export interface Slot {
  readonly bot: number;
  readonly dueAt: number;
}

/**
 * The slots of schedules in the order of time. A schedule is open-loop and absolute: whatever became of earlier messages,
 * the next are due when they are due, so a slow target is not spared (no coordinated omission). Pure: the same schedules
 * give the same slots.
 */
export function* slotsOf(...schedules: readonly Schedule[]): Generator<Slot, void> {
  const heads = schedules.map((schedule) => {
    const slots = schedule.arrivals === 'poisson' ? poissonSlots(schedule) : constantSlots(schedule);
    return { slots, next: slots.next().value };
  });
  for (;;) {
    let first: (typeof heads)[number] | undefined;
    for (const head of heads) {
      if (head.next && (!first?.next || head.next.dueAt < first.next.dueAt)) first = head;
    }
    if (!first?.next) return;
    yield first.next;
    first.next = first.slots.next().value;
  }
}

/** How many slots of schedules are due from `fromMs` (inclusive) to `toMs` (exclusive). */
export function countSlots(schedules: readonly Schedule[], fromMs: number, toMs: number): number {
  let count = 0;
  for (const schedule of schedules) {
    for (const { dueAt } of slotsOf({ ...schedule, toMs: Math.min(toMs, schedule.toMs) })) if (dueAt >= fromMs) count++;
  }
  return count;
}

/** Every bot sends at a fixed interval, from a seeded offset on. */
function* constantSlots(schedule: Schedule): Generator<Slot, void> {
  const offsets = offsetsOf(schedule);
  const order = [...offsets.keys()].sort((a, b) => offsets[a]! - offsets[b]!);
  const interval = 1000 / schedule.rate;
  for (let round = 0; order.length > 0; round++) {
    for (const i of order) {
      const dueAt = toMicroseconds(schedule.fromMs + offsets[i]! + round * interval);
      if (dueAt >= schedule.toMs) return;
      yield { bot: schedule.bots[i]!, dueAt };
    }
  }
}

/** The bots' Poisson processes together are one of their summed rate, whose slots fall to any of them alike. */
function* poissonSlots({ seed, bots, rate, fromMs, toMs }: Schedule): Generator<Slot, void> {
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

/** By the bot's place in the schedule: its first slot, in ms after the start; spread at random over one interval. */
function offsetsOf({ seed, bots, rate }: Schedule): number[] {
  const random = randomOf(seed, 'schedule');
  return bots.map(() => (random() * 1000) / rate);
}

/** ms rounded to whole µs, as a token carries them, so that a due time is one number everywhere. */
export function toMicroseconds(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
