import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { hash } from '../../base/hash.ts';
import { rooms as dialect } from '../../bots/dialect/built-in.ts';
import { Probes } from '../../bots/probes.ts';
import { evenProbes } from '../../bots/probes-plan.ts';
import type { Schedule } from '../../bots/schedule.ts';
import { connectorOf } from '../../bots/socketio/socketio-connection.ts';
import { type AnomalyEvent, anomalies } from '../../measure/metrics/events.ts';
import { Histogram } from '../../measure/metrics/histogram.ts';
import { sourceOf } from '../../measure/metrics/source.ts';
import { Recorder } from '../../measure/record/recorder.ts';
import type { TargetName } from './all.ts';
import { LeapingClock } from './leaping-clock.ts';
import type { Truth } from './target.ts';
import { TargetProcess } from './target-process.ts';

/** Who performs, and for how long. Everyone is in one of two rooms by turns, talkers first. */
export interface Plan {
  readonly talkers: number;
  /** Messages per second of each talker. */
  readonly rate: number;
  readonly talkMs: number;
  readonly listeners: number;
  readonly drainMs: number;
}

/** Five in room 0 with two talkers, three in room 1 with one: 300 messages, 1300 deliveries. */
export const shortPlan: Plan = { talkers: 3, rate: 50, talkMs: 2000, listeners: 5, drainMs: 1000 };

/** What the harness counted, over all its windows, and what the target did by its own count. */
export interface Performance {
  readonly counters: Readonly<Record<string, number>>;
  readonly histograms: ReadonlyMap<string, Histogram>;
  /** The anomalies that were kept as examples, by kind. */
  readonly examples: Readonly<Record<string, AnomalyEvent[]>>;
  readonly truth: Truth;
  readonly schedule: Schedule;
  /** When the run's clock read 0, on the host's clock. */
  readonly startAt: number;
  /** The longest stall of the probes' event loop, ms. */
  readonly stallMs: number;
}

const rooms = ['north', 'south'];
/** Everyone has joined when the run's clock reads 0, so nothing in the schedule is within a second of joining. */
const LEAP_TO_MS = 1000;
const TALK_FROM_MS = 1300;
const POLL_MS = 5;

/** Runs a plan against a target in a process of its own; compares nothing yet. */
export async function performAgainst(name: TargetName, plan: Plan = shortPlan): Promise<Performance> {
  const target = await TargetProcess.start(name);
  const connectionTo = await connectorOf(dialect, target.url);
  const { talkers, rate, listeners, drainMs } = plan;
  const bots = talkers + listeners;
  const run = hash(name);
  const recorder = new Recorder(sourceOf('probes'), { run }, { bots, rooms: rooms.length, echo: dialect.echo });
  const clock = new LeapingClock();
  const span = { fromMs: TALK_FROM_MS, toMs: TALK_FROM_MS + plan.talkMs };
  const people = { rooms: rooms.length, talkers, listeners, arriveMs: bots * 2, drainMs };
  const probesPlan = evenProbes({ seed: name, rate, arrivals: 'constant', ...span, ...people });
  const [schedule] = probesPlan.schedules;
  if (!schedule) throw new Error('Expected a schedule.');
  const endpoints = [{ url: target.url }];
  const context = {
    endpoints,
    connectionTo,
    dialect,
    rooms,
    recorder,
    clock: () => clock.read(),
    run,
  };
  const probes = new Probes(context, probesPlan);
  const loop = monitorEventLoopDelay({ resolution: 1 });
  try {
    const done = probes.run();
    while (!isEveryoneIn(recorder, plan) || probes.connections().get('websocket') !== bots) await pause(POLL_MS);
    loop.enable();
    clock.leap(LEAP_TO_MS);
    await done;
    loop.disable();
    recorder.close(clock.read());
    const truth = await target.truth();
    return { ...sumOf(recorder), truth, schedule, startAt: clock.startAt, stallMs: loop.max / 1e6 };
  } finally {
    probes.close();
    await target.close();
  }
}

/** The room that a bot of a plan is in. */
export function roomOf(plan: Plan, bot: number): number {
  return (bot < plan.talkers ? bot : bot - plan.talkers) % rooms.length;
}

function isEveryoneIn({ ledger }: Recorder, plan: Plan): boolean {
  const bots = Array.from({ length: plan.talkers + plan.listeners }, (_, bot) => bot);
  return bots.every((bot) => ledger.links.joinedOn(bot, roomOf(plan, bot)) > 0);
}

function sumOf(recorder: Recorder): Pick<Performance, 'counters' | 'histograms' | 'examples'> {
  const counters: Record<string, number> = {};
  const histograms = new Map<string, Histogram>();
  const examples: Record<string, AnomalyEvent[]> = Object.fromEntries(anomalies.map((kind) => [kind, []]));
  for (const line of recorder.flush()) {
    if ('event' in line) {
      if (line.event.kind === 'anomaly') examples[line.event.anomaly]!.push(line.event);
      continue;
    }
    for (const [key, n] of Object.entries(line.counters)) counters[key] = (counters[key] ?? 0) + n;
    for (const [key, encoded] of Object.entries(line.histograms)) {
      const sum = histograms.get(key) ?? new Histogram();
      sum.addEncoded(encoded);
      histograms.set(key, sum);
    }
  }
  return { counters, histograms, examples };
}
