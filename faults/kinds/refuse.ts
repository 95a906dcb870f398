import { z } from 'zod';
import { defineFault, type Handlers } from '../fault.ts';
import { someConnections } from '../parameters.ts';
import type { Stage } from '../proxy/stage.ts';

/**
 * New connections are reset before a byte has passed, and the target hears nothing of them. Open ones go on.
 * The port keeps listening, so that a share of the connections can be let in.
 */
const schema = z.strictObject({ kind: z.literal('refuse'), ...someConnections });

/** Cuts a connection that is just being opened. */
function refuse(_: z.output<typeof schema>, up: Stage, down: Stage): Handlers {
  if (up.opening) {
    up.cut('rst');
    down.cut('rst');
  }
  return {};
}

export const refuseFault = defineFault(schema, refuse);
