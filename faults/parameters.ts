/** What the parameters of faults are made of. The text of each check completes «Expected `latency.delay` to be …». */

import { z } from 'zod';
import { DURATION, durationMs } from '../base/units.ts';

const HOUR = 3_600_000;
const aTime = 'a number of ms from 0 to 3600000, or a time such as 250ms or 2s';

/** A length of time up to an hour: a number of ms, or written with its unit, `250ms` or `2s`. Parses to ms. */
export const milliseconds = z
  .union([z.number(), z.string().regex(DURATION).transform(durationMs)], { error: aTime })
  .refine((ms) => ms >= 0 && ms <= HOUR, { error: aTime });

/** A number of bytes, at least 1. */
export const bytes = whole('a whole number of bytes, at least 1', 1, Number.MAX_SAFE_INTEGER);

/** Bytes per second, at least 1. */
export const bytesPerSecond = whole('a whole number of bytes per second, at least 1', 1, Number.MAX_SAFE_INTEGER);

/** How an end learns that its connection is over: `fin` is an orderly end, `rst` a reset. */
export const ending = z.enum(['fin', 'rst'], { error: 'fin or rst' });

/**
 * Which connections a fault touches: those that are open when it comes, those that come while it is on, or both; and the
 * share of them, drawn for each connection from the proxy's seed.
 */
export const someConnections = {
  touches: z.enum(['all', 'open', 'new'], { error: 'all, open or new' }).default('all'),
  probability: number('a share from 0 to 1', 0, 1).default(1),
};

/** Which way a fault works: `up` is client to target, `down` is target to client. */
export const eitherWay = {
  direction: z.enum(['up', 'down', 'both'], { error: 'up, down or both' }).default('both'),
  ...someConnections,
};

function number(error: string, min: number, max: number) {
  return z.number({ error }).min(min, { error }).max(max, { error });
}

function whole(error: string, min: number, max: number) {
  return number(error, min, max).int({ error });
}
