import { z } from 'zod';
import { defineFault, type Handlers } from '../fault.ts';
import { bytes, someConnections } from '../parameters.ts';
import { HttpReader } from '../proxy/http-reader.ts';
import type { Stage } from '../proxy/stage.ts';

const MIB = 1024 * 1024;

/** HTTP responses are held back until they are complete, up to `most` bytes: longer ones pass on from there. */
const schema = z.strictObject({
  kind: z.literal('buffered'),
  most: bytes.max(2 * MIB, { error: 'a whole number of bytes, from 1 to 2097152' }).default(MIB),
  ...someConnections,
});

/** Follows requests only to know which responses have no body. */
function buffered({ most }: z.output<typeof schema>, up: Stage, down: Stage): Handlers {
  const requests = new HttpReader('request', up.fresh);
  const responses = new HttpReader('response', down.fresh);
  return {
    up: ({ at, data }) => {
      up.pass({ at, data });
      if (typeof data === 'string' || up.isWebSocket) return;
      for (const part of requests.read(data)) if (part.kind === 'head') responses.asked.push(part.head.method);
    },
    down: ({ at, data }) => {
      if (typeof data === 'string') {
        down.release();
        return down.pass({ at, data });
      }
      for (const part of responses.read(data)) {
        down.hold({ at, data: part.data }, Number.POSITIVE_INFINITY);
        const complete = part.kind === 'raw' || ('last' in part && part.last);
        if (complete || down.heldBytes >= most) down.release();
      }
    },
  };
}

export const bufferedFault = defineFault(schema, buffered);
