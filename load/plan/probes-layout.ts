import { type BotPlan, evenProbes, numbers, type ProbesPlan, plainBot } from '../../bots/probes-plan.ts';
import type { Schedule } from '../../bots/schedule.ts';
import { cutsBySilence, cutsOpenConnections } from '../../faults/registry.ts';
import type { RunPlan } from '../../measure/run-record/run-record.ts';
import type { CapacityConfig, OutageConfig, ProbesConfig } from '../../scenarios/scenario-schema.ts';
import { personaName } from '../personas/persona-files.ts';
import { type Layout, roomNames, type TargetAct, type TargetControl, type TimedFault } from './layout.ts';
import { type ShardPart, shareOf } from './shard-part.ts';

/** So many rooms are counted each by itself, and no more: every label costs a counter a second. */
const MOST_LABELLED_ROOMS = 20;
/** Before the first fault, s: the calm that those after it are compared with. */
const CALM_S = 4;
/** How long a momentary fault is on, ms: too short for a client to reconnect meanwhile. */
const MOMENT_MS = 100;
/** Messages per second of a bot with a persona. */
const PERSONA_RATE = 1;
/** The network of all bots without a persona. */
const MAIN = 'main';

/**
 * Probes in busy rooms: they connect during the first quarter of the warm-up, and send from its half on. With faults, all
 * connect through one network, and faults follow one another; personas come last, each on a network of its own. Faults of
 * the target are left out where they cannot be made.
 */
export function layOutProbes(
  given: ProbesConfig,
  control: TargetControl,
  runSeed: string,
  part: ShardPart,
  users: number,
): Layout {
  // How large a room may get is asked of one.
  const config = given.capacity?.find === 'rooms' ? { ...given, rooms: 1 } : given;
  const { rate, arrivals, warmup, drain } = config;
  const { talkers, listeners } = { talkers: shareOf(config.talkers, part), listeners: shareOf(config.listeners, part) };
  const ownRooms = shareOf(config.rooms, part);
  const all = roomNames(config.rooms);
  // A single room is everybody's.
  const rooms = all.length === 1 ? all : all.slice(ownRooms.before, ownRooms.before + ownRooms.share);
  const seed = part.of === 1 ? runSeed : `${runSeed}/${part.number}`;
  const bots = talkers.share + listeners.share;
  const timeline = timelineOf(config, control, bots);
  const measure = config.measure ?? timeline.to - warmup;
  const toMs = (warmup + measure) * 1000;
  const people = { seed, rooms: rooms.length, talkers: talkers.share, listeners: listeners.share };
  const times = { arriveMs: warmup * 250, fromMs: warmup * 500, toMs, drainMs: drain * 1000 };
  const isLabelled = config.rooms > 1 && config.rooms <= MOST_LABELLED_ROOMS;
  const probes = evenProbes({ ...people, rate, arrivals, ...times });
  const hasFaults = timeline.faults.length > 0;
  return {
    phases: { warmup, measure, drain },
    rooms,
    roomLabels: isLabelled ? rooms.map((room) => ({ room })) : [],
    botLabels: [],
    probes: hasFaults ? withPersonas(probes, timeline, { seed, arrivals, rooms: rooms.length }) : probes,
    crowd: { rooms, untilMs: toMs, network: hasFaults ? MAIN : null },
    search: config.capacity ? searchOf(config.capacity, config, measure, users, bots) : null,
    networks: hasFaults ? [MAIN, ...timeline.personas.map(({ network }) => network)] : [],
    faults: timeline.faults,
    personas: config.personas?.who ?? [],
    calibration: people,
    matrix: null,
    outages: timeline.outages,
    absences: null,
    firstProbe: talkers.before + listeners.before,
    firstUser: config.talkers + config.listeners + timeline.personas.length + shareOf(users, part).before,
    load: {
      ...{ bots: bots + timeline.personas.length, talkers: talkers.share, rooms: rooms.length },
      ...{ ratePerTalker: rate, arrivals },
    },
  };
}

/** The search of a run whose probes measure for so long, with so many users at most. */
function searchOf(
  config: CapacityConfig,
  { warmup }: ProbesConfig,
  measureS: number,
  users: number,
  probes: number,
): RunPlan['search'] {
  const { find, from, roomSize, rate, window, precision, good, confidence, slo } = config;
  const unit = { users: roomSize, rate: 1, rooms: 1 }[find];
  return {
    ...{ find, from, unit, window, precision, good, confidence, slo },
    most: { users, rate: MOST_RATE, rooms: users + probes }[find],
    users: find === 'rate' ? config.users : 0,
    roomSize: find === 'rooms' ? null : roomSize,
    // In a room of everybody only the probes talk: what grows is how many hear it.
    userRate: find === 'users' ? rate : 0,
    until: Math.max(window, warmup + measureS - 2 * window - LAST_CHANGE_S),
  };
}

/** What a last change of the load may take, s. */
const LAST_CHANGE_S = 15;
/** Messages a second, where that is searched for. */
const MOST_RATE = 1_000_000;

interface Timeline {
  readonly faults: readonly TimedFault[];
  readonly outages: RunPlan['outages'];
  readonly personas: readonly { readonly name: string; readonly network: string; readonly actsAt: number }[];
  /** When all is over, s. */
  readonly to: number;
}

function timelineOf({ warmup, faults, personas }: ProbesConfig, control: TargetControl, bots: number): Timeline {
  const timed: TimedFault[] = [];
  const outages: RunPlan['outages'] = [];
  let at = warmup + CALM_S;
  for (const fault of faults) {
    const act = actOf(fault);
    if (act && !control.can.has(kindOf(act))) continue;
    const until = at + secondsOf(fault, control.nodes);
    const to = until + fault.rest;
    timed.push(timedFault(fault, at, until));
    outages.push({
      fault: fault.name,
      kinds: kindsOf(fault),
      cuts: cutsOf(fault),
      what: whatOf(fault),
      bots: [0, bots],
      from: at,
      until,
      to,
    });
    at = to;
  }
  if (!personas) return { faults: timed, outages, personas: [], to: at };
  const to = at + personas.for;
  const planned = personas.who.map(personaName).flatMap((name, i) => {
    outages.push({
      fault: name,
      kinds: ['persona'],
      cuts: 'never',
      what: 'persona',
      bots: [bots + i * personas.each, personas.each],
      from: at,
      until: at,
      to,
    });
    return numbers(personas.each).map((n) => ({ name, network: `${name}-${n + 1}`, actsAt: at * 1000 }));
  });
  return { faults: timed, outages, personas: planned, to };
}

/** What a fault does to the target; undefined where it is one of links. */
function actOf(fault: OutageConfig): TargetAct | undefined {
  if ('links' in fault) return undefined;
  if ('server' in fault) return { part: 'server', how: fault.server };
  if ('redis' in fault) return { part: 'redis', how: fault.redis };
  if ('balancer' in fault) return { part: 'balancer', how: fault.balancer };
  if (fault.nodes !== 'restart') return { part: 'nodes', how: fault.nodes };
  return { part: 'nodes', how: fault.nodes, drainMs: fault.drain, order: fault.order };
}

function kindOf({ part, how }: TargetAct): string {
  return `${part}-${how}`;
}

/** How long a node takes from being told to end until clients are sent to it again, s: about two, and more on a busy machine. */
const RESTART_S = 3;

/** From a fault's beginning to its end, s. */
function secondsOf(fault: OutageConfig, nodes: number): number {
  if ('links' in fault) return Math.max(fault.for, fault.times - 1);
  if ('balancer' in fault) return 0;
  if (!('drain' in fault)) return fault.for;
  return Math.ceil((fault.drain / 1000 + RESTART_S) * (fault.order === 'one-by-one' ? nodes : 1));
}

function timedFault(fault: OutageConfig, at: number, until: number): TimedFault {
  const times = { name: fault.name, onAt: at * 1000, offAt: Math.max(until * 1000, at * 1000 + MOMENT_MS) };
  if (!('links' in fault)) {
    const downMs = 'for' in fault ? fault.for * 1000 : 0;
    return { ...times, kind: 'target', downMs, ...actOf(fault)! };
  }
  const offAt = times.offAt + (fault.times > 1 ? MOMENT_MS : 0);
  return { ...times, offAt, kind: 'links', network: MAIN, faults: fault.links, times: fault.times };
}

/** Of links the kinds of their faults; of the target what is done to which part of it. */
function kindsOf(fault: OutageConfig): string[] {
  return 'links' in fault ? fault.links.map(({ kind }) => kind) : [kindOf(actOf(fault)!)];
}

function cutsOf(fault: OutageConfig): RunPlan['outages'][number]['cuts'] {
  if (!('links' in fault)) return cutsOfTarget[kindOf(actOf(fault)!)] ?? 'never';
  const cutting = fault.links.filter(cutsOpenConnections);
  if (cutting.length === 0) return 'never';
  return cutting.every(cutsBySilence) ? 'silently' : 'openly';
}

/** Who is cut off by what is done to the target. */
const cutsOfTarget: Readonly<Record<string, RunPlan['outages'][number]['cuts']>> = {
  'server-kill': 'openly',
  'server-restart': 'openly',
  'nodes-restart': 'openly',
  'nodes-kill': 'openly',
  'nodes-freeze': 'silently',
};

function whatOf(fault: OutageConfig): string {
  if ('nodes' in fault) return ofNodes(fault);
  if ('redis' in fault) {
    const again = fault.for > 0 ? ` after ${fault.for} s` : '';
    return fault.redis === 'restart'
      ? `Redis stopped (SIGTERM) and started again${again}`
      : `Redis silent for ${fault.for} s`;
  }
  if ('balancer' in fault) return 'balancer reloaded';
  if ('server' in fault) {
    if (fault.server === 'restart') return 'server stopped (SIGTERM) and started again';
    return `server killed (SIGKILL) and started again after ${fault.for} s`;
  }
  const kinds = fault.links.map(({ kind }) => kind).join(' and ');
  return `links: ${kinds}${fault.for > 0 ? ` for ${fault.for} s` : ''}${fault.times > 1 ? `, ${fault.times} times` : ''}`;
}

function ofNodes(fault: Extract<OutageConfig, { nodes: unknown }>): string {
  if (fault.nodes === 'restart') {
    const drained = fault.drain > 0 ? `drained for ${fault.drain / 1000} s, ` : '';
    return `every node ${drained}stopped (SIGTERM) and started again, ${fault.order.replaceAll('-', ' ')}`;
  }
  if (fault.nodes === 'freeze') return `the fullest node frozen (SIGSTOP) for ${fault.for} s`;
  return `the fullest node killed (SIGKILL) and started again after ${fault.for} s`;
}

/** Adds the bots with personas: they connect with the others, and send once their time has come. */
function withPersonas(
  probes: ProbesPlan,
  { personas, to }: Timeline,
  { seed, arrivals, rooms }: Pick<Schedule, 'seed' | 'arrivals'> & { readonly rooms: number },
): ProbesPlan {
  const first = probes.bots.length;
  const connectsAt = probes.bots.at(-1)?.connectsAt ?? 0;
  const bots = personas.map(({ name, actsAt }, i): BotPlan => {
    return { ...plainBot, room: i % rooms, network: i + 1, connectsAt, persona: { name, actsAt } };
  });
  const [actsAt = 0] = personas.map((persona) => persona.actsAt);
  const schedule: Schedule = {
    seed: `${seed}/personas`,
    bots: personas.map((_, i) => first + i),
    rate: PERSONA_RATE,
    arrivals,
    fromMs: actsAt,
    toMs: to * 1000,
  };
  return {
    ...probes,
    bots: [...probes.bots, ...bots],
    schedules: [...probes.schedules, ...(personas.length > 0 ? [schedule] : [])],
    canaries: true,
    asksPresence: true,
  };
}
