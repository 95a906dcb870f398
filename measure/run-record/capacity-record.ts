import { z } from 'zod';

const number = z.number();
const count = z.number().int();
/** Of a day at most. */
const second = count.min(0).max(86_400);

export const capacityKinds = ['users', 'rate', 'rooms'] as const;

/** What is searched for. */
export const capacityPlan = z
  .strictObject({
    find: z
      .enum(capacityKinds)
      .describe('users: how many of them; rate: messages a second of so many; rooms: how many in one room'),
    from: count.describe('The first level'),
    most: count.describe('The highest level'),
    unit: count.describe('Levels are multiples of it'),
    users: count.describe('Users of the crowd where they stay as many'),
    roomSize: count.nullable().describe('Users of a room of the crowd; null where all are in the room of the probes'),
    userRate: number.describe('Messages a second of each user, where that stays the same'),
    window: second.describe('Length of a window, s'),
    precision: number.describe('How far apart what held and what did not may be, as a ratio'),
    good: number.describe('The share of windows that have to hold'),
    confidence: number.describe('How sure that is to be'),
    until: second.describe('The second from which on the search ends with what it has'),
    slo: z.array(z.string()).describe('What has to hold in a window'),
  })
  .nullable()
  .default(null)
  .describe('What is searched for; null where the load is given');

const level = z.strictObject({
  stage: z.enum(['double', 'bisect', 'confirm', 'rest', 'overload', 'release']),
  level: count,
  from: number.describe('When its first window began, seconds since the start'),
  to: number,
  windows: count,
  held: count,
  outcome: z
    .enum(['held', 'failed', 'unknown'])
    .describe('Whether as many windows held as have to; unknown where none counted'),
  unhealthy: count.describe('Windows in which the load generator was not healthy: they do not count'),
  broke: z.array(z.string()).describe('What did not hold, the most frequent first'),
  p99Ms: number.nullable().describe('The median of the p99 of its windows'),
  firstMs: number.nullable().describe('After how long the first recipient of a message had it, median'),
  medianMs: number.nullable(),
  lastMs: number.nullable(),
  deliveriesPerSecond: number,
  lost: count,
  cpu: number.nullable().describe('CPU of the server, percent of one core, mean'),
  loopDelayMs: number.nullable().describe("The server's event-loop delay, mean of the highest of each second"),
});

/** What a search came to. */
export const capacityRecord = z
  .strictObject({
    confirmed: count.nullable().describe('The highest level that was confirmed'),
    refuted: count.nullable().describe('The lowest level that did not hold'),
    windows: z.strictObject({ seen: count, held: count }).describe('Those that confirmed it'),
    confidence: number.describe('How sure it is that as many windows hold as have to'),
    end: z.enum(['confirmed', 'timeIsUp', 'generator', 'nothingHeld', 'most', 'unfinished']),
    isAtLeast: z.boolean().describe('Whether the server may carry more: the load generator, or its limit, came first'),
    ceiling: count.nullable().describe('The level that the load generator reaches against a null target'),
    estimate: z
      .strictObject({ estimate: number, low: number, high: number })
      .nullable()
      .describe('Where between the two the limit is, by a logistic curve through all windows, with a 95 % interval'),
    law: z
      .strictObject({ lambda: number, sigma: number, kappa: number })
      .nullable()
      .describe("Gunther's Universal Scalability Law, fitted to CPU and load; for diagnosis only"),
    broke: z.array(z.string()).describe('What did not hold at the level that was refuted, the most frequent first'),
    gaveWay: z
      .strictObject({ resource: z.enum(['descriptors', 'redis', 'memory', 'cpu', 'loop']), value: number })
      .nullable()
      .describe('The resource of the server that was used up at that level; null where none stood out'),
    isGeneratorBound: z.boolean().describe('Whether it was the load generator that went no further at some level'),
    recovered: z.boolean().nullable().describe('Whether half of it held again after the overload'),
    recoveryS: number.nullable().describe('How long that took, s'),
    levels: z.array(level).describe('In the order of time'),
  })
  .nullable()
  .default(null)
  .describe('The capacity that was found; null where none was searched for');
