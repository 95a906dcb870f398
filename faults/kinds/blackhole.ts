import { z } from 'zod';
import { byDirection, defineFault } from '../fault.ts';
import { eitherWay } from '../parameters.ts';
import type { Handler, Stage } from '../proxy/stage.ts';

/**
 * Silence: nothing arrives, neither bytes nor the news that an end is gone, and both ends stay open.
 * As on a network that heals, what was held back arrives when the fault is switched off.
 */
const schema = z.strictObject({ kind: z.literal('blackhole'), ...eitherWay });

/** Holds whatever comes until it is switched off. */
function blackhole(_: z.output<typeof schema>, stage: Stage): Handler {
  return (chunk) => stage.hold(chunk, Number.POSITIVE_INFINITY);
}

export const blackholeFault = defineFault(schema, byDirection(blackhole), { cuts: true, silent: true });
