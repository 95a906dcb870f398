import { hostNow } from '../../bots/clock.ts';
import type { Target } from './target.ts';

const AT_MESSAGE = 60;
const FREEZE_MS = 1400;

/** Stands still for 1.4 s at its sixtieth message. Tells `from` when `to` when, on the host's clock. */
export const freezes: Target = (server) => {
  let number = 0;
  return (message) => {
    if (++number === AT_MESSAGE) {
      server.count('from', hostNow());
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, FREEZE_MS);
      server.count('to', hostNow());
    }
    server.broadcast(message);
    message.acknowledge();
  };
};
