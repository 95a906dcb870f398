import { evenTroupe, numbers } from '../bots/troupe-plan.ts';
import type { Probes } from '../scenarios/schema.ts';
import type { Staging } from './staging.ts';

/** So many rooms are counted each by itself, and no more: every label costs a counter a second. */
const MOST_LABELLED_ROOMS = 20;

/** The names of a run's rooms, by number. */
export function roomNames(rooms: number): string[] {
  return numbers(rooms).map((room) => `storm-${room + 1}`);
}

/** Probes in busy rooms: they arrive during the first quarter of the warm-up, and talk from its half on. */
export function stageProbes(probes: Probes, seed: string): Staging {
  const { talkers, rate, arrivals, listeners, warmup, measure, drain } = probes;
  const rooms = roomNames(probes.rooms);
  const toMs = (warmup + measure) * 1000;
  const people = { seed, rooms: rooms.length, talkers, listeners };
  const times = { arriveMs: warmup * 250, fromMs: warmup * 500, toMs, drainMs: drain * 1000 };
  const isLabelled = rooms.length > 1 && rooms.length <= MOST_LABELLED_ROOMS;
  return {
    phases: { warmup, measure, drain },
    rooms,
    roomLabels: isLabelled ? rooms.map((room) => ({ room })) : [],
    botLabels: [],
    troupe: evenTroupe({ ...people, rate, arrivals, ...times }),
    crowd: { rooms, untilMs: toMs },
    doors: [],
    faults: [],
    calibration: people,
    matrix: null,
    load: { bots: talkers + listeners, talkers, rooms: rooms.length, ratePerTalker: rate, arrivals },
  };
}
