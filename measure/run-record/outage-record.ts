import { z } from 'zod';
import { outageNodes } from './node-record.ts';

const number = z.number();
const count = z.number().int();
/** Of a day at most. */
const second = count.min(0).max(86_400);

const faultKinds =
  'Of links the kinds of their faults; of the target what is done to which part, such as nodes-kill; or persona';

/** What a plan has go wrong. */
export const outagesPlan = z
  .array(
    z.strictObject({
      fault: z.string(),
      kinds: z.array(z.string()).describe(faultKinds),
      cuts: z
        .enum(['never', 'openly', 'silently'])
        .describe('Whether connections that it touches are to end; silently: once the heartbeat is missed'),
      what: z.string().describe('What happens, in a few words'),
      bots: z.tuple([count, count]).describe('The number of the first probe that it touches, and how many there are'),
      from: second.describe('When it begins, seconds since the start'),
      until: second.describe('When it ends'),
      to: second.describe('Until when it is observed'),
    }),
  )
  .describe('The planned faults, in the order of time');

/** What became of the pairs of a message and a recipient. */
const account = z.strictObject({
  expected: count,
  delivered: count,
  recovered: count,
  missed: count,
  lost: count,
  unknown: count,
  duplicate: count,
  reordered: count,
  missedBy: z.strictObject({ offline: count, cut: count, left: count, silent: count }),
});

/** What became of the messages that were due while no fault of all clients was observed. */
export const betweenFaults = z.strictObject({
  personas: account.nullable().describe('While personas went offline; null without any'),
  calm: account.describe('The rest of the measured interval'),
});

/** What it did. */
export const outagesRecord = z
  .array(
    z.strictObject({
      fault: z.string(),
      kinds: z.array(z.string()).describe(faultKinds),
      what: z.string(),
      onAt: number.describe('When it really began, seconds since the start'),
      offAt: number,
      to: count.describe('Until when it was observed, seconds since the start'),
      clients: count.describe('Probes that were connected when it began'),
      disconnected: count.describe('Probes that lost their connection'),
      back: count.describe('Probes, of those, that were connected at the end'),
      backAfter: z
        .strictObject({ half: number.nullable(), most: number.nullable(), all: number.nullable() })
        .describe('Seconds from its beginning until 50 %, 95 % and all of the disconnected probes were back'),
      never: z
        .array(z.strictObject({ reason: z.string(), clients: count }))
        .describe('Probes that did not come back, by reason'),
      failed: z
        .array(z.strictObject({ reason: z.string(), clients: count }))
        .describe('Of a persona: those whose code failed, by reason'),
      deaf: count.describe('Probes that were connected and in their room again, but received nothing there'),
      reconnects: count,
      recovered: count.describe('Reconnections with the session recovered'),
      attempts: count,
      pingTimeouts: count,
      herd: z.strictObject({
        attempts: z.array(count).describe('Per 100 ms from its beginning'),
        successes: z.array(count),
        peakPerSecond: number,
        synchronisation: number.nullable().describe('The highest 100 ms over their mean, from first to last attempt'),
        serverCpu: number.nullable().describe('Percent of a core, the highest second'),
        serverLoopDelayMs: number.nullable(),
      }),
      ledger: account
        .nullable()
        .describe('Of the messages due while it was observed; null for faults of single clients'),
      steadyAfter: number
        .nullable()
        .describe('Seconds from its end until p99 was back to its value before; null if it was not'),
      presence: z
        .strictObject({
          ghosts: count.describe('Probes listed as present that were not, at most'),
          missing: count.describe('Probes present that were not listed, at most'),
          ghostsUntil: number.nullable().describe('Seconds from its beginning until the last ghost was seen'),
          rightAtEnd: z.boolean(),
        })
        .nullable()
        .describe('Null if the target was not asked'),
      nodes: outageNodes.default(null),
    }),
  )
  .describe('What each fault of the timeline did to the probes');
