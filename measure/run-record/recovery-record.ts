import { z } from 'zod';

const number = z.number();
const count = z.number().int();

const cell = {
  way: z.string().describe('How the link was lost: reset, close, silence, switch or sleep'),
  awayMs: number.describe('How long the client was to be away'),
};

/** Who loses its link in which way, and for how long. */
export const absencesPlan = z
  .strictObject({
    noticedAfterMs: number
      .nullable()
      .describe('When the server notices a silent link at the latest: pingInterval + pingTimeout; null if unknown'),
    keptForMs: number
      .nullable()
      .describe(
        'How long the server keeps a session (maxDisconnectionDuration); null if it does not, or that is unknown',
      ),
    cells: z.array(
      z.strictObject({
        ...cell,
        fault: z.string().describe('What its fault is called in events'),
        bots: z.tuple([count, count]).describe('The number of its first client, and how many clients'),
        from: number.describe('When the link is lost, seconds since the start'),
      }),
    ),
    to: count.describe('Until when clients are observed'),
  })
  .nullable()
  .default(null)
  .describe('The clients that vanish and come back; null where none do');

/** What became of them. */
export const recoveryRecord = z
  .strictObject({
    cells: z.array(
      z.strictObject({
        ...cell,
        clients: count.describe('Clients that were connected when the link was lost'),
        kept: count.describe('Clients whose link was still good when they came back: nothing had to be recovered'),
        recovered: count.describe('Clients whose session was recovered'),
        fresh: count.describe('Clients that came back with a new session'),
        absent: count.describe('Clients that did not come back'),
        wereAwayMs: number.nullable().describe('From the loss until they were connected again, at the median'),
        deliveries: z
          .strictObject({ recovered: count, missed: count, duplicate: count, reordered: count })
          .nullable()
          .describe('What became of the messages in their room; null where rooms are not told apart'),
      }),
    ),
    audit: z
      .array(
        z.strictObject({
          topic: z
            .enum(['matrix', 'toServer', 'cluster'])
            .describe('matrix: a client away, on an adapter; toServer: what clients send; cluster: between nodes'),
          subject: z.string().describe('The adapter, or the policy of the client'),
          event: z.string(),
          promised: z.enum(['yes', 'no', 'unsaid']).describe('Whether the documentation promises that it holds'),
          outcome: z.enum(['held', 'broken', 'notShown']),
          evidence: z.string().describe('What was seen, or why nothing was'),
        }),
      )
      .describe('What was looked at besides, on servers of its own'),
  })
  .nullable()
  .default(null)
  .describe('What became of clients that vanished and came back; null where none did');
