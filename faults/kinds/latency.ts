import { z } from 'zod';
import { byDirection, defineFault } from '../fault.ts';
import { eitherWay, milliseconds } from '../parameters.ts';
import type { Handler, Stage } from '../proxy/stage.ts';

/** Every chunk leaves `delay` ± `jitter` ms (evenly spread) after it arrived, in order. */
const schema = z.strictObject({
  kind: z.literal('latency'),
  delay: milliseconds,
  jitter: milliseconds.default(0),
  ...eitherWay,
});

/** Counts from the arrival: a chunk that waits behind another is not delayed twice. */
function latency({ delay, jitter }: z.output<typeof schema>, stage: Stage): Handler {
  return (chunk) => stage.hold(chunk, chunk.at + delay + jitter * (2 * stage.random() - 1));
}

export const latencyFault = defineFault(schema, byDirection(latency));
