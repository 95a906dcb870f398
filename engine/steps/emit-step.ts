import type { StepSpec, Values } from '../artillery.ts';
import { filled } from '../blanks.ts';
import { metrics } from '../engine-meter.ts';
import type { EngineSocket } from '../engine-socket.ts';
import { once } from '../once.ts';
import { StepError } from '../step-error.ts';
import type { VirtualUser } from '../virtual-user.ts';
import { connectStep, namespaceOf } from './connect-step.ts';
import { checkOf, millisecondsOf } from './reply-check.ts';
import type { StepMaker } from './step.ts';

/** Emits, and waits for what is to come of it: an ack, a response, both, or nothing. */
export const emitStep: StepMaker = (spec, kit) => {
  const { meter, events } = kit;
  const connect = spec.connect === undefined ? undefined : connectStep(spec, kit);
  const namespace = namespaceOf(spec);
  const outgoing = filled(listOf(spec.emit));
  const ack = spec.acknowledge ? acknowledgement(spec) : undefined;
  const response = responseOf(spec);
  return async (user) => {
    if (connect) await connect(user);
    const socket = await user.socketOf(namespace(user));
    const [event, ...args] = outgoing(user) as [unknown, ...unknown[]];
    meter.count(metrics.emitted);
    events.emit('rate', metrics.emitRate);
    const sentAt = performance.now();
    const heard = response?.listen(user, socket);
    if (ack) {
      const answer = await ack.ask(user, socket, String(event), args);
      meter.time(metrics.ack, performance.now() - sentAt);
      await ack.check(user, answer);
    } else socket.connection.emit(String(event), args);
    if (!heard || !response) return;
    const answer = await heard;
    if (!answer) throw new StepError('response timeout');
    meter.time(metrics.response, performance.now() - sentAt);
    await response.check(user, answer);
  };
};

/** An event and its arguments, or `{ channel, data }`. */
function listOf(emit: unknown): readonly unknown[] {
  if (Array.isArray(emit)) return emit;
  const { channel, data } = emit as Values;
  return [channel, data];
}

function acknowledgement({ acknowledge, ackTimeout }: StepSpec) {
  const timeoutMs = millisecondsOf(ackTimeout);
  const ask = async (user: VirtualUser, socket: EngineSocket, event: string, args: readonly unknown[]) => {
    const reply = await socket.ask(event, args, timeoutMs(user));
    if (reply.outcome === 'acked') return reply.args;
    throw new StepError(reply.outcome === 'timeout' ? 'ack timeout' : 'disconnected before the ack');
  };
  return { ask, check: checkOf(acknowledge as Values) };
}

/** The event that is to follow; it is listened for before the request is made. Undefined where none is wanted. */
function responseOf(spec: StepSpec) {
  const expected = (spec.response ?? {}) as Values;
  const written = expected.on ?? expected.channel;
  if (written === undefined) return undefined;
  const [event, timeoutMs] = [filled(written), millisecondsOf(expected.timeout)];
  const listen = (user: VirtualUser, socket: EngineSocket) =>
    once(socket, String(event(user)), { timeoutMs: timeoutMs(user), signal: user.ending });
  return { listen, check: checkOf(expected) };
}
