import { readerOf } from '../../bots/dialect/payload.ts';
import type { Values } from '../artillery.ts';
import { filled } from '../blanks.ts';
import { metrics } from '../engine-meter.ts';
import { once } from '../once.ts';
import { StepError } from '../step-error.ts';
import { namespaceOf } from './connect-step.ts';
import type { StepMaker } from './flow.ts';
import { checkOf, matcherOf, millisecondsOf } from './reply-check.ts';

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
  const isRight = match === undefined ? undefined : matcherOf(match);
  const check = checkOf(expected);
  return async (user) => {
    const socket = await user.socketOf(namespace(user));
    const event = String(written(user));
    const since = performance.now();
    const until = since + timeoutMs(user);
    for (;;) {
      const left = Math.max(0, until - performance.now());
      const args = await once(socket, event, { timeoutMs: left, signal: user.ending });
      if (!args) throw new StepError(`${event} did not come`);
      if (isRight && !(await isRight(user, args))) continue;
      meter.time(metrics.response, performance.now() - since);
      return check(user, args);
    }
  };
};

/** `event`, or `{ on: event, … }`. */
function optionsOf(written: unknown): Values {
  return typeof written === 'object' && written !== null ? (written as Values) : { on: written };
}
