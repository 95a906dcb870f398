import { z } from 'zod';
import { eitherWay } from './parameters.ts';
import type { Handler, Stage } from './stage.ts';

/**
 * Silence: nothing arrives, neither bytes nor the news that an end is gone, and both ends stay open.
 * As on a network that heals, what was held back arrives when the fault is switched off.
 */
export const blackholeSchema = z.strictObject({ kind: z.literal('blackhole'), ...eitherWay });

/** Holds whatever comes until it is switched off. */
export function blackhole(_: z.output<typeof blackholeSchema>, stage: Stage): Handler {
  return (chunk) => stage.hold(chunk, Number.POSITIVE_INFINITY);
}
