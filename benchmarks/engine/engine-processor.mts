/** Artillery's processor in the engine benchmark: has each user listen. For any engine with `context.sockets`. */

import type { ChatSocket } from '../../bots/chat-socket.ts';
import { Ears, readOrder } from './ears.ts';

/** A socket of socket.io-client calls back with the arguments one by one; the engine of our own has the connection as well. */
interface EngineSocket {
  readonly connection?: ChatSocket;
  on(event: string, listener: (...args: unknown[]) => void): unknown;
}

interface Context {
  /** With the engine of our own: has that many users, who come over so many seconds. */
  readonly resize?: (users: number, overS: number) => void;
  /** By namespace. */
  readonly sockets: Readonly<Record<string, EngineSocket>>;
}

let ears: Ears | undefined;

/** Has users come as the benchmark says. */
export function ready({ resize }: Context, _events: unknown, done: () => void): void {
  const order = readOrder();
  let before = 1;
  ears = new Ears(order, (wanted) => {
    resize?.(wanted, (wanted - before) / order.load.arrivalsPerSecond);
    before = wanted;
  });
  done();
}

export function listen({ sockets }: Context, _events: unknown, done: (error?: Error) => void): void {
  const [socket] = Object.values(sockets);
  if (!socket) return done(new Error('Expected a connect step before the function step listen.'));
  ears ??= new Ears(readOrder());
  const hear = ears.listener();
  if (socket.connection) socket.connection.on('message', hear);
  else socket.on('message', (...args) => hear(args));
  done();
}

/** Users stay until Artillery is ended; for `whileTrue`. */
export function stay(_context: Context, done: (goOn: boolean) => void): void {
  done(true);
}
