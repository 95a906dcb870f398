import { z } from 'zod';
import { byDirection, defineFault } from '../fault.ts';
import { eitherWay, milliseconds } from '../parameters.ts';
import type { Handler, Stage } from '../proxy/stage.ts';

/** Bytes pass as they are; an end, orderly or not, arrives `delay` ms late. */
const schema = z.strictObject({ kind: z.literal('slow-close'), delay: milliseconds, ...eitherWay });

/** Holds the end alone. */
function slowClose({ delay }: z.output<typeof schema>, stage: Stage): Handler {
  return (chunk) => (typeof chunk.data === 'string' ? stage.hold(chunk, chunk.at + delay) : stage.pass(chunk));
}

export const slowCloseFault = defineFault(schema, byDirection(slowClose));
