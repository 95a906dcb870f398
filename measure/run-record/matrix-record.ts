import { z } from 'zod';

const number = z.number();
const count = z.number().int();

/** The matrix of a plan. */
export const matrixPlan = z
  .strictObject({
    orders: z.array(z.string()),
    networks: z.array(z.string()),
    clientTimeoutMs: number,
    cells: z.array(
      z.strictObject({
        order: z.string(),
        network: z.string(),
        bots: z.tuple([count, count]).describe('The number of its first client, and how many clients'),
        from: count.describe('Seconds since the start'),
        to: count,
      }),
    ),
    costs: z
      .array(z.strictObject({ transport: z.string(), network: z.string(), from: count, to: count }))
      .describe('When each transport had the target to itself'),
  })
  .nullable()
  .describe('The cells of client orders and networks; null without a matrix');

/** What became of it. */
export const fallbackRecord = z
  .strictObject({
    cells: z.array(
      z.strictObject({
        order: z.string(),
        network: z.string(),
        clients: count,
        through: count.describe('Clients that connected and received their own canary message'),
        flapping: count.describe('Clients that kept reconnecting'),
        disconnects: count,
        medianMs: z
          .strictObject({ connect: number.nullable(), upgrade: number.nullable(), fallback: number.nullable() })
          .describe('How long it took at the median; null where nobody did'),
        transports: z.strictObject({ polling: count, websocket: count }).describe('At the end'),
        troubles: z
          .array(
            z.strictObject({
              at: z.enum(['connect', 'upgrade', 'disconnect']),
              reason: z.string(),
              clients: count,
            }),
          )
          .describe('Errors that clients reported, the most frequent first'),
      }),
    ),
    refusals: z
      .record(z.string(), z.record(z.string(), count))
      .describe("Network → the embedded server's reason → handshakes refused while the network was measured"),
  })
  .nullable()
  .describe('The outcome of every cell; null without a matrix');
