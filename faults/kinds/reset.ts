import { z } from 'zod';
import { byDirection, defineFault } from '../fault.ts';
import { eitherWay, milliseconds } from '../parameters.ts';
import type { Handler, Stage } from '../proxy/stage.ts';

/**
 * A reset (RST), `after` ms after the fault came or the connection began, whichever is later.
 * By direction: `down` resets the client's end, `up` the target's; an end that is not reset sees an orderly one.
 */
const schema = z.strictObject({
  kind: z.literal('reset'),
  after: milliseconds.default(0),
  ...eitherWay,
});

/** Cuts its direction by RST. */
function reset({ after }: z.output<typeof schema>, stage: Stage): Handler {
  if (after === 0) stage.cut('rst');
  else stage.after(after, () => stage.cut('rst'));
  return (chunk) => stage.pass(chunk);
}

export const resetFault = defineFault(schema, byDirection(reset), { cuts: true });
