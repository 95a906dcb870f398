/**
 * Artillery's processor: the step functions of the crowd. Under the conductor the order comes by environment; by plain
 * `artillery run` there is none, and the crowd stays as long as the scenario's own schedule says.
 */

import { readFileSync } from 'node:fs';
import { threadId } from 'node:worker_threads';
import { clockMark, hostNow, runClock } from '../bots/clock.ts';
import type { VoiceSocket } from '../bots/voice.ts';
import { CrowdRecorder } from '../measure/crowd-recorder.ts';
import { hash } from '../measure/token.ts';
import { parseScenario } from '../scenarios/scenario.ts';
import { type CrowdStage, CrowdUser } from './crowd-user.ts';
import { CROWD_ORDER, type CrowdOrder } from './messages.ts';
import { roomNames } from './plan.ts';
import { LineWriter } from './run-folder.ts';

/** What a function step is given of its virtual user. */
interface Context {
  readonly vars: { readonly $scenarioFile: string; readonly [name: string]: unknown };
  readonly sockets: Readonly<Record<string, VoiceSocket & { off(event: string): unknown }>>;
  chatstormUser?: CrowdUser;
}

interface Events {
  emit(event: 'counter', name: string, n: number): void;
}

interface Crowd {
  readonly stage: CrowdStage;
  readonly endAt: number;
  users: number;
}

const order: CrowdOrder | undefined = process.env[CROWD_ORDER] ? JSON.parse(process.env[CROWD_ORDER]) : undefined;
let crowd: Crowd | undefined;

/** Joins a room, and listens from then on. */
export function enter(context: Context, events: Events, done: (error?: Error) => void): void {
  const [socket] = Object.values(context.sockets);
  if (!socket) return done(new Error('Expected a connect step before the function step enter.'));
  crowd ??= open(context.vars.$scenarioFile, events);
  // The engine leaves its connect_error listener armed: a failed reconnection would end the virtual user a second time.
  socket.off('connect_error');
  const user = new CrowdUser(socket, crowd.stage, crowd.users++);
  context.chatstormUser = user;
  user.enter(() => done());
}

export function say(context: Context, _events: Events, done: () => void): void {
  context.chatstormUser?.say();
  done();
}

/** Whether the crowd stays; for `whileTrue`. */
export function untilEnd(_context: Context, done: (goOn: boolean) => void): void {
  done(crowd !== undefined && crowd.stage.clock() < crowd.endAt);
}

function open(scenarioFile: string, events: Events): Crowd {
  const scenario = parseScenario(readFileSync(scenarioFile, 'utf8'), scenarioFile);
  const { warmup, measure, rooms } = scenario.probes;
  const runId = order?.runId ?? 'plain';
  const source = `crowd-${threadId}`;
  const run = hash(runId);
  const clock = runClock(order?.startAt ?? hostNow());
  const recorder = new CrowdRecorder(source, { run, clock: clockMark });
  const stage = {
    dialect: scenario.dialect,
    rooms: roomNames(rooms),
    recorder,
    clock,
    run,
    seed: order?.seed ?? 'plain',
  };
  record(source, recorder, stage.clock, events);
  return { stage, endAt: (warmup + measure) * 1000, users: 0 };
}

/** Each second, what was seen goes to the run's folder, and as counters to Artillery. */
function record(source: string, recorder: CrowdRecorder, clock: () => number, events: Events): void {
  const writer = order ? new LineWriter(order.folder, source) : undefined;
  const flush = () => {
    const lines = recorder.flush();
    writer?.write(lines);
    for (const line of lines) {
      if (!('counters' in line)) continue;
      for (const [key, n] of Object.entries(line.counters)) events.emit('counter', `chatstorm.${key}`, n);
    }
  };
  setInterval(flush, 1000).unref();
  process.once('exit', () => {
    recorder.close(clock());
    flush();
    writer?.close();
  });
}
