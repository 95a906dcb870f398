/**
 * Artillery's processor: the step functions of the crowd. Under the conductor the order comes by environment, the
 * crowd's file in the run's folder says that Artillery is ready, and the run's start is waited for; by plain
 * `artillery run` there is no order, and the crowd stays as long as the scenario's own schedule says.
 */

import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { BroadcastChannel, threadId } from 'node:worker_threads';
import { awaitedEvents } from '../../bots/chat-client.ts';
import type { ChatSocket } from '../../bots/chat-socket.ts';
import { clockMark, hostNow, runClock } from '../../bots/clock.ts';
import { Identities } from '../../bots/identity/identities.ts';
import { UserFacts } from '../../bots/identity/user-facts.ts';
import { nobody, redacted } from '../../bots/identity/user-identity.ts';
import { authOf, type SharedOptions, sharedOptionsOf, userOptionsOf } from '../../bots/socketio/client-options.ts';
import { reasonOf } from '../../bots/socketio/connect-error.ts';
import { agentOf } from '../../bots/socketio/http-agent.ts';
import { type ClientSocket, SocketIoSocket } from '../../bots/socketio/socketio-socket.ts';
import { sourceOf } from '../../measure/metrics/source.ts';
import { CrowdRecorder } from '../../measure/record/crowd-recorder.ts';
import { parseScenario } from '../../scenarios/scenario.ts';
import { LineWriter } from '../folder/line-writer.ts';
import { readStart } from '../folder/run-folder.ts';
import { layOutScenario } from '../plan/layout-scenario.ts';
import { runMarkOf } from '../plan/shard-part.ts';
import { Pacer } from './crowd-pacer.ts';
import { type CrowdContext, CrowdUser } from './crowd-user.ts';
import { everySecond, lookBackMs } from './every-second.ts';
import { LoopMonitor } from './loop-monitor.ts';
import {
  CROWD_CHANNEL,
  CROWD_ORDER,
  type CrowdOrder,
  type ToCrowd,
  type userVariables,
  variableOf,
} from './messages.ts';
import { spokenDialect } from './speech.ts';

/** A socket of socket.io-client, or of the engine of our own, which has the connection itself. */
type EngineSocket = ClientSocket & { off(event: string): unknown; readonly connection?: ChatSocket };

/** What a function step is given of its virtual user. */
interface Context {
  readonly vars: { readonly $scenarioFile: string; [name: string]: unknown };
  extraHeaders?: Readonly<Record<string, string>>;
  /** What the engine of our own is told of the user. */
  client?: Readonly<Record<string, unknown>>;
  /** Changes how many users there are, with the engine of our own: at once, or over so many seconds. */
  resize?: (users: number, overS: number) => void;
  /** The share of all users that this thread has. */
  share?: number;
  /** By namespace. */
  sockets: Record<string, EngineSocket>;
  chatstormUser?: CrowdUser;
  /** When it began to connect, ms since the run's start. */
  chatstormConnectAt?: number;
  /** What came of the events that the dialect waits for before the user was in the chat. */
  chatstormCame?: Map<string, readonly unknown[]>;
  /** Who the user is; nobody in particular without a step `arrive`. */
  chatstormIdentity?: { readonly n: number; readonly facts: UserFacts };
}

interface Events {
  emit(event: 'counter', name: string, n: number): void;
}

/** How users connect; undefined by plain `artillery run`, where the scenario's own options hold. */
interface Access {
  readonly identities: Identities;
  readonly shared: SharedOptions;
}

interface Crowd {
  readonly context: CrowdContext;
  readonly access: Access | undefined;
  /** Whether its time is over, and who was there is counted. */
  isOver: boolean;
  /** Users that have come so far, and that have gone again. */
  came: number;
  gone: number;
  /** Writes what was seen since the last time. */
  readonly flush: () => void;
  /** Writes the last lines; to be called when the last user has gone. */
  readonly close: () => void;
}

/** The probes measure the harness until then. */
const START_MS = 30_000;
const POLL_MS = 10;
/** How long behind the crowd's time what was sent before still arrives, ms. */
const LINGER_MS = 500;

const order: CrowdOrder | undefined = process.env[CROWD_ORDER] ? JSON.parse(process.env[CROWD_ORDER]) : undefined;
const source = sourceOf('crowd', threadId, order?.shard);
const writer = order ? new LineWriter(order.folder, source) : undefined;
let opening: Promise<Crowd> | undefined;
let crowd: Crowd | undefined;
// Artillery has users arrive as soon as its processor and its engine are loaded: both are when the run starts.
if (order?.engineFile) await import(pathToFileURL(order.engineFile).href);
const startAt = order ? await startOf(order.folder) : hostNow();

/** Waits for the run's start before the first user comes; the conductor may change how many they are from then on. */
export function ready(context: Context, events: Events, done: (error?: Error) => void): void {
  opening ??= open(context.vars.$scenarioFile, events);
  opening.then((opened) => {
    crowd = opened;
    const pacer = new Pacer(opened.context);
    const setRate = (rate: number) => pacer.setRate(rate * (context.share ?? 1));
    setRate(order?.rate ?? 0);
    const conductor = new BroadcastChannel(CROWD_CHANNEL);
    conductor.unref();
    conductor.onmessage = ({ data }) => {
      const told = data as ToCrowd;
      if ('end' in told) {
        setRate(0);
        return endCrowd(opened);
      }
      context.resize?.(told.users, told.overS);
      setRate(told.rate);
    };
    done();
  }, done);
}

/**
 * Says who the user is, and watches its connection from its first attempt. The conductor puts this step before `connect`: the
 * engine tells a function step nothing of a connection that failed, but keeps each socket in `context.sockets` as soon as it
 * is made.
 */
export function arrive(context: Context, events: Events, done: (error?: Error) => void): void {
  opening ??= open(context.vars.$scenarioFile, events);
  opening.then(async (opened) => {
    crowd = opened;
    const { recorder, clock, secrets, dialect } = opened.context;
    const n = numberOf(context, opened);
    let isGone = false;
    const gone = (reason: string) => {
      // The engine ends a user that could not connect at first.
      if (context.chatstormUser || isGone) return;
      isGone = true;
      recorder.absent(clock(), reason);
      left(opened);
    };
    try {
      await introduce(context, opened, n);
    } catch (error) {
      gone(redacted((error as Error).message, secrets));
      return done(new Error('The user has no identity.'));
    }
    context.chatstormCame = new Map();
    context.sockets = new Proxy(context.sockets, {
      set(sockets, namespace, socket: EngineSocket) {
        sockets[String(namespace)] = socket;
        context.chatstormConnectAt ??= clock();
        for (const event of awaitedEvents(dialect))
          socket.on(event, (...args: unknown[]) => context.chatstormCame?.set(event, args));
        socket.on('connect_error', (error: Error) => {
          const facts = context.chatstormIdentity?.facts ?? new UserFacts(nobody, secrets);
          gone(facts.redact(`connect: ${reasonOf(error)}`));
        });
        return true;
      },
    });
    done();
  }, done);
}

/** Tells the engine what a user connects with. Rejects where the user cannot log in. */
async function introduce(context: Context, { access, context: { dialect, secrets } }: Crowd, n: number): Promise<void> {
  if (!access || !order) return;
  const { endpoint, firstUser } = order;
  const identity = await access.identities.of(firstUser + n);
  const { auth, query, extraHeaders } = userOptionsOf(endpoint, dialect, identity);
  const facts = new UserFacts(identity, secrets);
  context.chatstormIdentity = { n, facts };
  context.extraHeaders = extraHeaders;
  const { parser, ca, rejectUnauthorized } = access.shared;
  const user = { facts, authOf: authOf(dialect), url: endpoint.url };
  context.client = { auth, query, extraHeaders, parser, ca, rejectUnauthorized, user };
  const values: Record<(typeof userVariables)[number], unknown> = {
    ...{ auth, query, parser, ca, rejectUnauthorized, agent: undefined },
  };
  if (identity.jar) values.agent = agentOf(endpoint, access.shared, identity);
  for (const [name, value] of Object.entries(values)) context.vars[variableOf(name as keyof typeof values)] = value;
}

/** The number of a user among the crowd's: of several worker threads, the engine counts them. */
function numberOf({ vars }: Context, crowd: Crowd): number {
  const n = crowd.came++;
  return typeof vars.$user === 'number' ? vars.$user : n;
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
    const { dialect, secrets } = opened.context;
    const known = context.chatstormIdentity;
    const { n, facts } = known ?? { n: numberOf(context, opened), facts: new UserFacts(nobody, secrets) };
    const chat = socket.connection ?? new SocketIoSocket(socket, authOf(dialect), facts);
    const since = context.chatstormConnectAt;
    const connectMs = since === undefined ? undefined : opened.context.clock() - since;
    const user = new CrowdUser(chat, opened.context, n, connectMs, context.chatstormCame);
    context.chatstormUser = user;
    user.join(() => done());
  }, done);
}

export function say(context: Context, _events: Events, done: () => void): void {
  context.chatstormUser?.send();
  done();
}

/** Whether the crowd stays; for `whileTrue`. */
export function untilEnd(_context: Context, done: (goOn: boolean) => void): void {
  // Nobody leaves before it is counted who was there.
  done(crowd !== undefined && !crowd.isOver);
}

/** A user is gone before its time. With the last one Artillery may end at any time: what was seen is written at once. */
function left(crowd: Crowd): void {
  crowd.gone++;
  if (crowd.gone === crowd.came) crowd.flush();
}

/** The crowd's time is over: who is there is counted, and soon nothing is recorded any more. Users go when they have thought. */
function endCrowd(crowd: Crowd): void {
  if (crowd.isOver) return;
  const { context, close } = crowd;
  for (const user of context.users) user.leave();
  crowd.isOver = true;
  setTimeout(close, LINGER_MS);
}

async function open(scenarioFile: string, events: Events): Promise<Crowd> {
  const { runId, seed, secrets } = { runId: 'plain', seed: 'plain', secrets: [], ...order, ...order?.speech };
  const { dialect, rooms, untilMs, roomSize } = order
    ? { ...order, dialect: await spokenDialect(order.speech) }
    : await readScenario(scenarioFile, seed);
  const access = order && {
    identities: await Identities.open(dialect, new URL(order.endpoint.url)),
    shared: await sharedOptionsOf(dialect),
  };
  const run = runMarkOf(runId, order?.shard ?? 0);
  const recorder = new CrowdRecorder(source, { run, clock: clockMark });
  const clock = runClock(startAt);
  const { flush, close } = record(recorder, clock, events);
  const context = { dialect, rooms, roomSize, recorder, clock, run, seed, secrets, users: [] };
  const opened = { context, access, isOver: false, came: 0, gone: 0, flush, close };
  setTimeout(() => endCrowd(opened), untilMs - clock());
  return opened;
}

/** Where there is no conductor, the scenario's file says all. */
async function readScenario(file: string, seed: string) {
  const { dialect, ...scenario } = parseScenario(readFileSync(file, 'utf8'), file, { environment: process.env });
  const { crowd } = layOutScenario({ ...scenario, dialect }, seed, { server: true, redis: true });
  return { dialect, ...crowd, roomSize: null };
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
