import type { Rota } from '../bots/schedule.ts';
import { evenTroupe, numbers, type Part, plainPart, type TroupePlan } from '../bots/troupe-plan.ts';
import type { RunPlan } from '../measure/run-record.ts';
import type { Outage, Probes } from '../scenarios/schema.ts';
import { personaName } from './personas.ts';
import type { Staging, TimedFault } from './staging.ts';

/** So many rooms are counted each by itself, and no more: every label costs a counter a second. */
const MOST_LABELLED_ROOMS = 20;
/** Before the first fault, s: the calm that those after it are held against. */
const CALM_S = 4;
/** How long a fault of a moment is on, ms: too short for anybody to come back meanwhile. */
const MOMENT_MS = 100;
/** Messages per second of someone with habits. */
const PERSONA_RATE = 1;
/** The door of everyone without habits. */
const MAIN = 'main';

/** The names of a run's rooms, by number. */
export function roomNames(rooms: number): string[] {
  return numbers(rooms).map((room) => `storm-${room + 1}`);
}

/**
 * Probes in busy rooms: they arrive during the first quarter of the warm-up, and talk from its half on. With faults,
 * everyone is behind a door, and things go wrong one after the other; people with habits come last, each behind a door of
 * its own. Faults of the server are left out where it is not ours.
 */
export function stageProbes(probes: Probes, ownsServer: boolean, seed: string): Staging {
  const { talkers, rate, arrivals, listeners, warmup, drain } = probes;
  const rooms = roomNames(probes.rooms);
  const bots = talkers + listeners;
  const timeline = timelineOf(probes, ownsServer, bots);
  const measure = probes.measure ?? timeline.to - warmup;
  const toMs = (warmup + measure) * 1000;
  const people = { seed, rooms: rooms.length, talkers, listeners };
  const times = { arriveMs: warmup * 250, fromMs: warmup * 500, toMs, drainMs: drain * 1000 };
  const isLabelled = rooms.length > 1 && rooms.length <= MOST_LABELLED_ROOMS;
  const troupe = evenTroupe({ ...people, rate, arrivals, ...times });
  const strikes = timeline.faults.length > 0;
  return {
    phases: { warmup, measure, drain },
    rooms,
    roomLabels: isLabelled ? rooms.map((room) => ({ room })) : [],
    botLabels: [],
    troupe: strikes ? withPersonas(troupe, timeline, seed, rooms.length) : troupe,
    crowd: { rooms, untilMs: toMs, door: strikes ? MAIN : null },
    doors: strikes ? [MAIN, ...timeline.personas.map(({ door }) => door)] : [],
    faults: timeline.faults,
    personas: probes.personas?.who ?? [],
    calibration: people,
    matrix: null,
    outages: timeline.outages,
    load: { bots: bots + timeline.personas.length, talkers, rooms: rooms.length, ratePerTalker: rate, arrivals },
  };
}

interface Timeline {
  readonly faults: readonly TimedFault[];
  readonly outages: RunPlan['outages'];
  readonly personas: readonly { readonly name: string; readonly door: string; readonly actsAt: number }[];
  /** When all is over, s. */
  readonly to: number;
}

function timelineOf({ warmup, faults, personas }: Probes, ownsServer: boolean, bots: number): Timeline {
  const timed: TimedFault[] = [];
  const outages: RunPlan['outages'] = [];
  let at = warmup + CALM_S;
  for (const fault of faults) {
    if ('server' in fault && !ownsServer) continue;
    const until = at + secondsOf(fault);
    const to = until + fault.rest;
    timed.push(timedFault(fault, at, until));
    outages.push({ fault: fault.name, what: whatOf(fault), bots: [0, bots], from: at, until, to });
    at = to;
  }
  if (!personas) return { faults: timed, outages, personas: [], to: at };
  const to = at + personas.for;
  const cast = personas.who.map(personaName).flatMap((name, i) => {
    outages.push({
      fault: name,
      what: 'persona',
      bots: [bots + i * personas.each, personas.each],
      from: at,
      until: at,
      to,
    });
    return numbers(personas.each).map((n) => ({ name, door: `${name}-${n + 1}`, actsAt: at * 1000 }));
  });
  return { faults: timed, outages, personas: cast, to };
}

/** From a fault's beginning to its end, s. */
function secondsOf(fault: Outage): number {
  return Math.max(fault.for, 'links' in fault ? fault.times - 1 : 0);
}

function timedFault(fault: Outage, at: number, until: number): TimedFault {
  const times = { name: fault.name, onAt: at * 1000, offAt: Math.max(until * 1000, at * 1000 + MOMENT_MS) };
  if ('server' in fault) return { ...times, kind: 'server', how: fault.server, downMs: fault.for * 1000 };
  const offAt = times.offAt + (fault.times > 1 ? MOMENT_MS : 0);
  return { ...times, offAt, kind: 'links', door: MAIN, faults: fault.links, times: fault.times };
}

function whatOf(fault: Outage): string {
  if ('server' in fault) {
    if (fault.server === 'restart') return 'server told to end, and started again';
    return `server killed, and started again after ${fault.for} s`;
  }
  const kinds = fault.links.map(({ kind }) => kind).join(' and ');
  return `links: ${kinds}${fault.for > 0 ? ` for ${fault.for} s` : ''}${fault.times > 1 ? `, ${fault.times} times` : ''}`;
}

/** Lets people with habits come with the others; they talk once their time has come. */
function withPersonas(troupe: TroupePlan, { personas, to }: Timeline, seed: string, rooms: number): TroupePlan {
  const first = troupe.parts.length;
  const lastComesAt = troupe.parts.at(-1)?.comesAt ?? 0;
  const parts = personas.map(({ name, actsAt }, i): Part => {
    return { ...plainPart, room: i % rooms, door: i + 1, comesAt: lastComesAt, persona: { name, actsAt } };
  });
  const [actsAt = 0] = personas.map((persona) => persona.actsAt);
  const rota: Rota = {
    seed: `${seed}/personas`,
    bots: personas.map((_, i) => first + i),
    rate: PERSONA_RATE,
    arrivals: 'constant',
    fromMs: actsAt,
    toMs: to * 1000,
  };
  return {
    ...troupe,
    parts: [...troupe.parts, ...parts],
    rotas: [...troupe.rotas, ...(personas.length > 0 ? [rota] : [])],
    canaries: true,
    asksPresence: true,
  };
}
