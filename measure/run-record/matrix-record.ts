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
        bots: z.tuple([count, count]).describe('The number of its first client, and how many there are'),
        from: count.describe('Seconds since the start'),
        to: count,
      }),
    ),
    costs: z
      .array(z.strictObject({ transport: z.string(), network: z.string(), from: count, to: count }))
      .describe('When each transport had the target to itself'),
  })
  .nullable()
  .describe('Client orders on networks, and who was where when; null where the scenario has none');

/** What became of it. */
export const fallbackRecord = z
  .strictObject({
    cells: z.array(
      z.strictObject({
        order: z.string(),
        network: z.string(),
        clients: count,
        through: count.describe('Clients that connected and heard their own word'),
        flapping: count.describe('Clients that kept connecting again'),
        disconnects: count,
        transports: z.strictObject({ polling: count, websocket: count }).describe('At the end'),
        troubles: z
          .array(
            z.strictObject({
              at: z.enum(['connect', 'upgrade', 'disconnect']),
              reason: z.string(),
              clients: count,
            }),
          )
          .describe('What the clients themselves said, the most frequent first'),
      }),
    ),
    refusals: z
      .record(z.string(), z.record(z.string(), count))
      .describe("Network → the embedded server's reason → handshakes refused while the network was looked at"),
  })
  .nullable()
  .describe('What became of the clients in every cell of the matrix; null where the scenario has none');
