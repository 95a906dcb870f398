import { z } from 'zod';
import { eitherWay, milliseconds } from './parameters.ts';
import type { Handler, Stage } from './stage.ts';

/** Every chunk leaves `delay` ± `jitter` ms (evenly spread) after it arrived, in order. */
export const latencySchema = z.strictObject({
  kind: z.literal('latency'),
  delay: milliseconds,
  jitter: milliseconds.default(0),
  ...eitherWay,
});

/** Counts from the arrival: a chunk that waits behind another is not delayed twice. */
export function latency({ delay, jitter }: z.output<typeof latencySchema>, stage: Stage): Handler {
  return (chunk) => stage.hold(chunk, chunk.at + delay + jitter * (2 * stage.random() - 1));
}
