import { z } from 'zod';
import { eitherWay, milliseconds } from './parameters.ts';
import type { Handler, Stage } from './stage.ts';

/**
 * A reset (RST), `after` ms after the fault came or the connection began, whichever is later.
 * By direction: `down` resets the client's end, `up` the target's; an end that is not reset sees an orderly one.
 */
export const resetSchema = z.strictObject({
  kind: z.literal('reset'),
  after: milliseconds.default(0),
  ...eitherWay,
});

/** Cuts its direction by RST. */
export function reset({ after }: z.output<typeof resetSchema>, stage: Stage): Handler {
  if (after === 0) stage.cut('rst');
  else stage.after(after, () => stage.cut('rst'));
  return (chunk) => stage.pass(chunk);
}
