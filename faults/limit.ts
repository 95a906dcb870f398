import { z } from 'zod';
import { bytes, eitherWay, ending } from './parameters.ts';
import type { Handler, Stage } from './stage.ts';

/** The whole connection is cut once `bytes` have passed in a touched direction, counted since the fault came. */
export const limitSchema = z.strictObject({
  kind: z.literal('limit'),
  bytes,
  ending: ending.default('fin'),
  ...eitherWay,
});

/** Counts down; cuts this direction and the opposite one. */
export function limit(fault: z.output<typeof limitSchema>, stage: Stage, opposite: Stage): Handler {
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
