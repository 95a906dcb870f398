import { readerOf } from '../../bots/dialect/payload.ts';
import type { Values } from '../artillery.ts';
import { filled } from '../blanks.ts';
import { metrics } from '../engine-meter.ts';
import type { EngineSocket } from '../engine-socket.ts';
import { once } from '../once.ts';
import { StepError } from '../step-error.ts';
import type { VirtualUser } from '../virtual-user.ts';
import { namespaceOf } from './connect-step.ts';
import { checkOf, matcherOf, millisecondsOf } from './reply-check.ts';
import type { StepMaker } from './step.ts';

/**
 * Records an event from now on, as long as the connection is there: how often it comes, and, with `sentAt`, how long it took.
 * `sentAt` is where in its arguments the time of sending stands, in ms since 1970 or as a date; this machine's clock has to agree.
 */
export const listenStep: StepMaker = (spec, { meter }) => {
  const { on, sentAt } = optionsOf(spec.listen);
  const [written, namespace] = [filled(on), namespaceOf(spec)];
  const readSentAt = sentAt === undefined ? undefined : readerOf(String(sentAt));
  return async (user) => {
    const event = String(written(user));
    const { connection } = await user.socketOf(namespace(user));
    const name = `${metrics.received}.${event}`;
    connection.on(event, (args) => {
      meter.count(name);
      const time = readSentAt?.(args);
      const at = typeof time === 'string' ? Date.parse(time) : Number(time ?? Number.NaN);
      if (!Number.isNaN(at)) meter.time(metrics.broadcast, Math.max(0, Date.now() - at));
    });
  };
};

/** Waits for an event that matches, at most `timeout` seconds. */
export const waitForStep: StepMaker = (spec, { meter }) => {
  const { on, match, timeout, ...expected } = optionsOf(spec.waitFor);
  const [written, namespace, timeoutMs] = [filled(on), namespaceOf(spec), millisecondsOf(timeout)];
  const isRight = match === undefined ? () => true : matcherOf(match);
  const check = checkOf(expected);
  return async (user) => {
    const socket = await user.socketOf(namespace(user));
    const since = performance.now();
    const args = await found(socket, String(written(user)), timeoutMs(user), (heard) => isRight(user, heard), user);
    meter.time(metrics.response, performance.now() - since);
    await check(user, args);
  };
};

/** The first of the events that come from now on which is right. Rejects with a StepError where none is in time. */
async function found(
  socket: EngineSocket,
  event: string,
  timeoutMs: number,
  isRight: (args: readonly unknown[]) => boolean | Promise<boolean>,
  user: VirtualUser,
): Promise<readonly unknown[]> {
  const came: (readonly unknown[])[] = [];
  const listener = (...args: unknown[]) => came.push(args);
  socket.on(event, listener);
  try {
    for (const until = performance.now() + timeoutMs; ; ) {
      const next = came.shift();
      if (next && (await isRight(next))) return next;
      const waits = { timeoutMs: until - performance.now(), signal: user.ending };
      if (came.length === 0 && !(await once(socket, event, waits))) throw new StepError(`${event} did not come`);
    }
  } finally {
    socket.off(event, listener);
  }
}

/** `event`, or `{ on: event, … }`. */
function optionsOf(written: unknown): Values {
  return typeof written === 'object' && written !== null ? (written as Values) : { on: written };
}
