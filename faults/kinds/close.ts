import { z } from 'zod';
import { byDirection, defineFault } from '../fault.ts';
import { eitherWay, milliseconds } from '../parameters.ts';
import type { Handler, Stage } from '../proxy/stage.ts';

/**
 * An orderly end (FIN), `after` ms after the fault came or the connection began, whichever is later.
 * By direction: `down` ends what the client hears, `up` what the target hears; what is said later is lost.
 */
const schema = z.strictObject({
  kind: z.literal('close'),
  after: milliseconds.default(0),
  ...eitherWay,
});

/** Cuts its direction by FIN. */
function close({ after }: z.output<typeof schema>, stage: Stage): Handler {
  if (after === 0) stage.cut('fin');
  else stage.after(after, () => stage.cut('fin'));
  return (chunk) => stage.pass(chunk);
}

export const closeFault = defineFault(schema, byDirection(close), { cuts: true });
