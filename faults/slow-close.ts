import { z } from 'zod';
import { eitherWay, milliseconds } from './parameters.ts';
import type { Handler, Stage } from './stage.ts';

/** Bytes pass as they are; an end, orderly or not, arrives `delay` ms late. */
export const slowCloseSchema = z.strictObject({ kind: z.literal('slow-close'), delay: milliseconds, ...eitherWay });

/** Holds the end alone. */
export function slowClose({ delay }: z.output<typeof slowCloseSchema>, stage: Stage): Handler {
  return (chunk) => (typeof chunk.data === 'string' ? stage.hold(chunk, chunk.at + delay) : stage.pass(chunk));
}
