/** The two halves of a scenario file as it is written: Artillery's, of which little is asked, and `chatstorm:`. */

import { z } from 'zod';
import { duration, rate, wholeSeconds } from '../base/units.ts';
import { type ClientOrder, clientOrderNames } from '../bots/client-orders.ts';
import { dialectSchema, dialects } from '../bots/dialect.ts';
import { faultSchema } from '../faults/registry.ts';
import { parseThreshold } from '../measure/judge/thresholds.ts';

const many = (most: number, least = 0) => z.number().int().min(least).max(most);

const threshold = z.string().superRefine((text, context) => {
  try {
    parseThreshold(text);
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message });
  }
});

const probes = z.strictObject({
  rooms: many(1000, 1).describe('Rooms; probes and crowd spread over them evenly'),
  talkers: many(1000, 1).describe('ProbesConfig that speak, over all rooms'),
  rate: rate.describe('Messages per talker'),
  arrivals: z
    .enum(['constant', 'poisson'])
    .default('constant')
    .describe('How the turns of a talker are spaced: evenly, or at random around the same rate'),
  listeners: many(10_000).describe('ProbesConfig that only listen, over all rooms'),
  warmup: wholeSeconds.describe('Before measuring; covers the arrivals of the crowd'),
  measure: wholeSeconds
    .refine((s) => s > 0, 'at least 1s')
    .optional()
    .describe('The measured interval; with faults, it is as long as they take'),
  drain: wholeSeconds.refine((s) => s > 0, 'at least 1s').describe('How long to wait for the last deliveries at most'),
});

const faultName = z.string().regex(/^[a-z][a-z0-9-]*$/, 'a name such as blackhole');
const rest = wholeSeconds.describe('How long the system is given to come back to rest');
const lasting = wholeSeconds.default(0).describe('How long it lasts; a moment by default');

const outage = z.union(
  [
    z.strictObject({
      name: faultName,
      links: z.array(faultSchema).min(1).describe('What all links do'),
      for: lasting,
      times: many(100, 1).default(1).describe('How often, a second apart'),
      rest,
    }),
    z.strictObject({
      name: faultName,
      server: z
        .enum(['kill', 'restart'])
        .describe('kill: SIGKILL, and a new one after `for`; restart: SIGTERM, and a new one at once'),
      for: lasting,
      rest,
    }),
  ],
  'a fault with either `links` or `server`',
);

const people = z.strictObject({
  each: many(50, 1).describe('ProbesConfig of each persona'),
  who: z.array(z.string().min(1)).describe('Names, or files that export a persona'),
  for: wholeSeconds.refine((s) => s > 0, 'at least 1s').describe('How long they have for what they do'),
});

const network = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z][a-z0-9-]*$/, 'a name such as upgrade-refused')
    .describe('`open` is the one that does no harm'),
  faults: z.array(faultSchema).describe('What it does to every connection'),
  rate: rate.optional().describe('Messages in each cell while clients come and upgrade, if not as afterwards'),
  quiet: duration.optional().describe('For how long nobody speaks, in the middle of the wave'),
});

const matrix = z.strictObject({
  clients: many(500, 1).describe('Clients in each cell: in each order on each network'),
  orders: z
    .array(z.enum(clientOrderNames as [ClientOrder, ...ClientOrder[]]))
    .min(1)
    .describe('In which order clients try their transports'),
  networks: z.array(network).min(1).describe('One wave each, one after the other'),
  timeout: duration.describe("How long a client waits for a connection; socket.io-client's own default is 20s"),
  rate: rate.describe('Messages in each cell'),
  arrive: duration.describe('Over how long the clients of a wave come'),
  wave: wholeSeconds.refine((s) => s >= 4, 'at least 4s').describe('How long a network is looked at'),
  warmup: wholeSeconds.describe('Before the first wave; covers the arrivals of the crowd'),
  cost: z
    .strictObject({
      measure: wholeSeconds.refine((s) => s > 0, 'at least 1s').describe('How long each transport is alone'),
      rate: rate.describe('Messages meanwhile'),
    })
    .nullable()
    .default(null)
    .describe('What a transport costs, measured behind the waves with no other transport alive; null for not at all'),
});

const chatstorm = z
  .strictObject({
    about: z.string().describe('What the scenario answers, in a line'),
    dialect: z
      .union([z.enum(Object.keys(dialects) as (keyof typeof dialects)[]), dialectSchema])
      .describe('How to speak the chat: plain, rooms, or your own'),
    server: z
      .strictObject({
        pingInterval: duration.optional(),
        pingTimeout: duration.optional(),
        stateRecovery: z.boolean().optional(),
        historyLength: many(1000).optional(),
        transports: z
          .array(z.enum(['polling', 'websocket']))
          .min(1)
          .optional(),
      })
      .default({})
      .describe('Options of the embedded target'),
    lag: duration
      .default(5)
      .describe('How late the generator may be at p99 for the run to be believed; 5ms where latency is the point'),
    probes: probes.optional().describe('ProbesConfig in busy rooms'),
    faults: z.array(outage).default([]).describe('With probes: what goes wrong, one after the other'),
    personas: people.optional().describe('With faults: people with habits, after all else'),
    matrix: matrix.optional().describe('In place of probes: every client order on every network'),
    quick: z
      .looseObject({})
      .optional()
      .describe('With --quick: what of this is otherwise; `users` is how many the crowd has'),
    thresholds: z.array(threshold).describe('What must hold, such as delivery.lost == 0'),
  })
  .refine(({ probes, matrix }) => (probes === undefined) !== (matrix === undefined), 'with either `probes` or `matrix`')
  .refine(
    ({ probes, faults }) => probes === undefined || (probes.measure === undefined) === faults.length > 0,
    'with either `probes.measure` or `faults`',
  );

const phase = z.looseObject({
  arrivalCount: many(100_000).optional(),
  arrivalRate: z.number().nonnegative().optional(),
  duration: z.union([z.number(), z.string()]).optional(),
});

export const scenarioSchema = z.object({
  config: z.looseObject({
    target: z.string().optional(),
    processor: z.string(),
    phases: z.array(phase).min(1),
    engines: z.record(z.string(), z.looseObject({})),
  }),
  scenarios: z.array(z.looseObject({ flow: z.array(z.unknown()) })).min(1),
  chatstorm,
});

/** ProbesConfig in busy rooms; `rate` is per talker and second, lengths are in seconds. */
export type ProbesConfig = z.output<typeof probes> & {
  readonly faults: readonly OutageConfig[];
  readonly personas: PersonasConfig | undefined;
};

/** What goes wrong once; lengths in seconds. */
export type OutageConfig = z.output<typeof outage>;

export type PersonasConfig = z.output<typeof people>;

/** Every client order on every network; `rate` is per second, `wave`, `warmup` and `cost.measure` are in s, the rest in ms. */
export type MatrixConfig = z.output<typeof matrix>;

export type ScenarioFile = z.infer<typeof scenarioSchema>;

/** The JSON Schema of a scenario file, for editors; checked in as `schema.json`. */
export function scenarioJsonSchema(): unknown {
  return z.toJSONSchema(scenarioSchema, { io: 'input' });
}
