import { z } from 'zod';
import { byDirection, defineFault } from '../fault.ts';
import { bytes, eitherWay, milliseconds } from '../parameters.ts';
import type { Handler, Stage } from '../proxy/stage.ts';

/**
 * Bytes leave in slices of at most `size`, `gap` ms apart. Without a gap some of them
 * may be joined again on their way.
 */
const schema = z.strictObject({
  kind: z.literal('slicer'),
  size: bytes,
  gap: milliseconds.default(0),
  ...eitherWay,
});

/** Keeps the gap between the slices of one chunk and of the next. */
function slicer({ size, gap }: z.output<typeof schema>, stage: Stage): Handler {
  let lastAt = Number.NEGATIVE_INFINITY;
  return ({ at, data }) => {
    if (typeof data === 'string') return stage.pass({ at, data });
    for (let from = 0; from < data.length; from += size) {
      lastAt = Math.max(at, lastAt + gap);
      stage.hold({ at, data: data.subarray(from, from + size) }, lastAt);
    }
  };
}

export const slicerFault = defineFault(schema, byDirection(slicer));
