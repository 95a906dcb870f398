import { z } from 'zod';
import { byDirection, defineFault } from '../fault.ts';
import { bytes, eitherWay, ending } from '../parameters.ts';
import type { Handler, Stage } from '../proxy/stage.ts';

/** The whole connection is cut once `bytes` have passed in a touched direction, counted since the fault came. */
const schema = z.strictObject({
  kind: z.literal('limit'),
  bytes,
  ending: ending.default('fin'),
  ...eitherWay,
});

/** Counts down; cuts this direction and the opposite one. */
function limit(fault: z.output<typeof schema>, stage: Stage, opposite: Stage): Handler {
  let left = fault.bytes;
  return (chunk) => {
    if (typeof chunk.data === 'string') return stage.pass(chunk);
    const data = chunk.data.subarray(0, left);
    left -= data.length;
    stage.pass({ at: chunk.at, data });
    if (left > 0) return;
    stage.cut(fault.ending);
    opposite.cut(fault.ending);
  };
}

export const limitFault = defineFault(schema, byDirection(limit));
