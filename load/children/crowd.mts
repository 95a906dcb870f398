/**
 * Artillery's processor: the step functions of the crowd. Under the conductor the order comes by environment, the
 * crowd's file in the run's folder says that Artillery is ready, and the run's start is waited for; by plain
 * `artillery run` there is no order, and the crowd stays as long as the scenario's own schedule says.
 */

import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { threadId } from 'node:worker_threads';
import { hash } from '../../base/hash.ts';
import { clockMark, hostNow, runClock } from '../../bots/clock.ts';
import { reasonOf } from '../../bots/socketio/connect-error.ts';
import { type ClientSocket, SocketIoSocket } from '../../bots/socketio/socketio-socket.ts';
import { sourceOf } from '../../measure/metrics/source.ts';
import { CrowdRecorder } from '../../measure/record/crowd-recorder.ts';
import { parseScenario } from '../../scenarios/scenario.ts';
import { LineWriter } from '../folder/line-writer.ts';
import { readStart } from '../folder/run-folder.ts';
import { layOutScenario } from '../plan/layout-scenario.ts';
import { type CrowdContext, CrowdUser } from './crowd-user.ts';
import { everySecond, lookBackMs } from './every-second.ts';
import { LoopMonitor } from './loop-monitor.ts';
import { CROWD_ORDER, type CrowdOrder } from './messages.ts';

type EngineSocket = ClientSocket & { off(event: string): unknown };

/** What a function step is given of its virtual user. */
interface Context {
  readonly vars: { readonly $scenarioFile: string; readonly [name: string]: unknown };
  /** By namespace. */
  sockets: Record<string, EngineSocket>;
  chatstormUser?: CrowdUser;
}

interface Events {
  emit(event: 'counter', name: string, n: number): void;
}

interface Crowd {
  readonly context: CrowdContext;
  readonly endAt: number;
  /** Users that have come so far, that have connected, and that have gone again. */
  came: number;
  entered: number;
  gone: number;
  /** Writes what was seen since the last time. */
  readonly flush: () => void;
  /** Writes the last lines; to be called when the last user has gone. */
  readonly close: () => void;
}

const START_MS = 10_000;
const POLL_MS = 10;
/** How long after its last step the engine has closed a user's socket, ms. */
const LEAVE_MS = 100;

const order: CrowdOrder | undefined = process.env[CROWD_ORDER] ? JSON.parse(process.env[CROWD_ORDER]) : undefined;
const source = sourceOf('crowd', threadId, order?.shard);
const writer = order ? new LineWriter(order.folder, source) : undefined;
let opening: Promise<Crowd> | undefined;
let crowd: Crowd | undefined;
/** The users that came by the step `arrive`: by plain `artillery run` there is none. */
const arrived = new WeakSet<Context>();

/**
 * Watches the user's connection from its first attempt. The conductor puts this step before `connect`: the engine tells a
 * function step nothing of a connection that failed, but keeps each socket in `context.sockets` as soon as it is made.
 */
export function arrive(context: Context, events: Events, done: (error?: Error) => void): void {
  opening ??= open(context.vars.$scenarioFile, events);
  opening.then((opened) => {
    crowd = opened;
    opened.came++;
    arrived.add(context);
    const { recorder, clock } = opened.context;
    let isGone = false;
    context.sockets = new Proxy(context.sockets, {
      set(sockets, namespace, socket: EngineSocket) {
        sockets[String(namespace)] = socket;
        socket.on('connect_error', (error: Error) => {
          // The engine ends a user that could not connect at first.
          if (context.chatstormUser || isGone) return;
          isGone = true;
          recorder.absent(clock(), `connect: ${reasonOf(error)}`);
          left(opened);
        });
        return true;
      },
    });
    done();
  }, done);
}

/** Joins a room, and listens from then on. */
export function enter(context: Context, events: Events, done: (error?: Error) => void): void {
  const [socket] = Object.values(context.sockets);
  if (!socket) return done(new Error('Expected a connect step before the function step enter.'));
  // The engine leaves its connect_error listener armed: a failed reconnection would end the virtual user a second time.
  socket.off('connect_error');
  opening ??= open(context.vars.$scenarioFile, events);
  opening.then((opened) => {
    crowd = opened;
    if (!arrived.has(context)) opened.came++;
    const user = new CrowdUser(new SocketIoSocket(socket), opened.context, opened.entered++);
    context.chatstormUser = user;
    user.join(() => done());
  }, done);
}

export function say(context: Context, _events: Events, done: () => void): void {
  context.chatstormUser?.send();
  done();
}

/** Whether the crowd stays; for `whileTrue`. */
export function untilEnd(context: Context, done: (goOn: boolean) => void): void {
  const stays = crowd !== undefined && crowd.context.clock() < crowd.endAt;
  if (crowd && !stays) {
    context.chatstormUser?.leave();
    left(crowd);
  }
  done(stays);
}

/** A user is gone. With the last one Artillery may end at any time: what was seen is written at once. */
function left(crowd: Crowd): void {
  crowd.gone++;
  if (crowd.gone < crowd.came) return;
  if (crowd.context.clock() >= crowd.endAt) setTimeout(crowd.close, LEAVE_MS);
  else crowd.flush();
}

async function open(scenarioFile: string, events: Events): Promise<Crowd> {
  const scenario = parseScenario(readFileSync(scenarioFile, 'utf8'), scenarioFile);
  const { runId, seed } = order ?? { runId: 'plain', seed: 'plain' };
  const { rooms, untilMs } = order ?? layOutScenario(scenario, seed, true).crowd;
  const run = hash(runId);
  const recorder = new CrowdRecorder(source, { run, clock: clockMark });
  const clock = runClock(order ? await startOf(order.folder) : hostNow());
  const { flush, close } = record(recorder, clock, events);
  const context = { dialect: scenario.dialect, rooms, recorder, clock, run, seed };
  return { context, endAt: untilMs, came: 0, entered: 0, gone: 0, flush, close };
}

async function startOf(folder: string): Promise<number> {
  for (const end = hostNow() + START_MS; hostNow() < end; await pause(POLL_MS)) {
    const startAt = readStart(folder);
    if (startAt !== undefined) return startAt;
  }
  throw new Error(`Expected the run to start within ${START_MS / 1000} s.`);
}

/** Each second, what was seen goes to the run's folder, and as counters to Artillery. */
function record(recorder: CrowdRecorder, clock: () => number, events: Events): Pick<Crowd, 'flush' | 'close'> {
  const loop = new LoopMonitor();
  const sample = (lastMs: number) => {
    const { utilization, delayMs } = loop.read();
    recorder.gauge('loopUtilization{role=crowd}', lastMs, utilization);
    recorder.gauge('loopDelay{role=crowd}', lastMs, delayMs);
    flush();
  };
  const flush = () => {
    const lines = recorder.flush();
    writer?.write(lines);
    for (const line of lines) {
      if (!('counters' in line)) continue;
      for (const [key, n] of Object.entries(line.counters)) events.emit('counter', `chatstorm.${key}`, n);
    }
  };
  const endSampling = everySecond(clock, lookBackMs.crowd, sample);
  const close = () => {
    endSampling();
    recorder.close(clock());
    sample(clock());
    writer?.close();
  };
  return { flush, close };
}
