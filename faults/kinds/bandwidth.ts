import { z } from 'zod';
import { byDirection, defineFault } from '../fault.ts';
import { bytesPerSecond, eitherWay } from '../parameters.ts';
import type { Handler, Stage } from '../proxy/stage.ts';

/** At most `rate` bytes per second, in each touched direction of each touched connection. */
const schema = z.strictObject({ kind: z.literal('bandwidth'), rate: bytesPerSecond, ...eitherWay });

/** How much of a line's time one piece may take, ms: big chunks trickle instead of arriving all at once. */
const PIECE_MS = 20;

/** A line that is busy until it has sent what came before. */
function bandwidth({ rate }: z.output<typeof schema>, stage: Stage): Handler {
  const piece = Math.max(1, Math.floor((rate * PIECE_MS) / 1000));
  let busyUntil = 0;
  return ({ at, data }) => {
    if (typeof data === 'string') return stage.pass({ at, data });
    for (let from = 0; from < data.length; from += piece) {
      const part = data.subarray(from, from + piece);
      busyUntil = Math.max(busyUntil, at) + (part.length / rate) * 1000;
      stage.hold({ at, data: part }, busyUntil);
    }
  };
}

export const bandwidthFault = defineFault(schema, byDirection(bandwidth));
