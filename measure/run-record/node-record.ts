import { z } from 'zod';

const number = z.number();
const count = z.number().int();

const overTime = z.strictObject({ mean: number, most: number }).nullable();

/** The nodes of a target that has several. */
export const nodesRecord = z
  .array(
    z.strictObject({
      name: z.string(),
      clients: overTime.describe('Connections in the measured interval'),
      cpu: overTime.describe('Percent of a core'),
      loopDelayMs: number.nullable().describe('The highest event-loop delay'),
      arrived: count.nullable().describe('Deliveries to probes that it served; null if probes are not told their node'),
    }),
  )
  .describe('Its nodes, as far as they tell; empty where there are not several');

const pathAccount = z.strictObject({
  expected: count,
  delivered: count,
  recovered: count,
  missed: count,
  lost: count,
  unknown: count,
  reordered: count,
  slowestMs: number.nullable().describe('The highest latency of a message due meanwhile'),
});

/** What a fault did to the nodes of a target that has several. */
export const outageNodes = z
  .strictObject({
    sameNode: pathAccount.describe("Of pairs on the sender's node"),
    crossNode: pathAccount.describe('Of pairs on another node'),
    peakArrivals: count.describe('The most clients that one node gained within a second'),
    balancedAfter: number
      .nullable()
      .describe(
        'Seconds from its end until no node had more than 1.25 times the mean, or than before; null if it stayed so',
      ),
  })
  .nullable()
  .describe('Null where the target does not have several nodes that tell of themselves');

/** The parts that a load was split into. */
export const shardsRecord = z
  .array(
    z.strictObject({
      number: count,
      worker: z.string(),
      host: z.string(),
      clockBoundMs: number.nullable().describe("How far off its host's clock may be, ms"),
      startLateMs: number.nullable().describe('How late it began, ms'),
      sent: count,
      delivered: count.describe('To probes and crowd'),
      deliveriesPerSecond: number,
      lagP99Ms: number.nullable(),
    }),
  )
  .describe('Each part of the load, as it was made; empty where one machine made it');
