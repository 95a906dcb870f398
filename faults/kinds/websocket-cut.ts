import { z } from 'zod';
import { defineFault, type Handlers } from '../fault.ts';
import { ending, milliseconds, someConnections } from '../parameters.ts';
import { HttpReader } from '../proxy/http-reader.ts';
import type { Handler, Stage } from '../proxy/stage.ts';

/**
 * A WebSocket is cut, `when` its first frame has passed, in whichever direction, or after `idle` ms without a byte.
 * On a WebSocket that was open before the fault, the first frame is the next one.
 */
const schema = z.strictObject({
  kind: z.literal('websocket-cut'),
  when: z.enum(['first-frame', 'idle'], { error: 'first-frame or idle' }),
  idle: milliseconds.default(60_000),
  ending: ending.default('rst'),
  ...someConnections,
});

/** Cuts both directions at once. */
function websocketCut(fault: z.output<typeof schema>, up: Stage, down: Stage): Handlers {
  const cut = () => {
    up.cut(fault.ending);
    down.cut(fault.ending);
  };
  return fault.when === 'idle' ? onIdle(fault.idle, up, down, cut) : onFirstFrame(up, down, cut);
}

function onIdle(idle: number, up: Stage, down: Stage, cut: () => void): Handlers {
  let lastAt = up.now();
  const watch = () => {
    const left = lastAt + idle - up.now();
    if (left <= 0 && up.isWebSocket) cut();
    else up.after(left > 0 ? left : Math.max(1, idle), watch);
  };
  up.after(idle, watch);
  const note = (stage: Stage): Handler => {
    return (chunk) => {
      lastAt = chunk.at;
      stage.pass(chunk);
    };
  };
  return { up: note(up), down: note(down) };
}

function onFirstFrame(up: Stage, down: Stage, cut: () => void): Handlers {
  const reader = new HttpReader('response', down.fresh);
  let upgraded = up.isWebSocket;
  const passFrame = (stage: Stage, end: (data: Buffer) => number, at: number, data: Buffer) => {
    const length = end(data);
    stage.pass({ at, data: data.subarray(0, length < 0 ? data.length : length) });
    if (length >= 0) cut();
  };
  const ends = { up: frameEnd(), down: frameEnd() };
  return {
    up: ({ at, data }) => {
      if (typeof data === 'string' || !upgraded) up.pass({ at, data });
      else passFrame(up, ends.up, at, data);
    },
    down: ({ at, data }) => {
      if (typeof data === 'string') return down.pass({ at, data });
      if (upgraded) return passFrame(down, ends.down, at, data);
      for (const part of reader.read(data)) {
        if (upgraded) passFrame(down, ends.down, at, part.data);
        else down.pass({ at, data: part.data });
        upgraded ||= part.kind === 'head' && part.head.status === 101;
      }
    },
  };
}

/** Finds the end of a frame (RFC 6455, 5.2) in the bytes that follow; -1 until it is there. */
function frameEnd(): (data: Buffer) => number {
  let head = Buffer.alloc(0);
  let seen = 0;
  return (data) => {
    head = Buffer.concat([head, data.subarray(0, 14)]).subarray(0, 14);
    const before = seen;
    seen += data.length;
    const length = frameLength(head);
    return length <= seen ? length - before : -1;
  };
}

function frameLength(head: Buffer): number {
  if (head.length < 2) return Number.POSITIVE_INFINITY;
  const short = head[1]! & 0x7f;
  const mask = head[1]! & 0x80 ? 4 : 0;
  const extra = short === 126 ? 2 : short === 127 ? 8 : 0;
  if (head.length < 2 + extra) return Number.POSITIVE_INFINITY;
  const payload = extra === 0 ? short : extra === 2 ? head.readUInt16BE(2) : Number(head.readBigUInt64BE(2));
  return 2 + extra + mask + payload;
}

export const websocketCutFault = defineFault(schema, websocketCut);
