/** The two halves of a scenario file as it is written: Artillery's, of which little is asked, and `chatstorm:`. */

import { z } from 'zod';
import { adapters, balancers } from '../base/adapters.ts';
import { duration, rate, wholeSeconds } from '../base/units.ts';
import { type AbsenceWay, absenceWays } from '../bots/absence-ways.ts';
import { type ClientOrder, clientOrderNames } from '../bots/client-orders.ts';
import { dialects } from '../bots/dialect/built-in.ts';
import { dialectSchema } from '../bots/dialect/dialect.ts';
import { faultSchema } from '../faults/registry.ts';
import { parseThreshold } from '../measure/judge/thresholds.ts';
import { capacityKinds } from '../measure/run-record/capacity-record.ts';

const many = (most: number, least = 0) => z.number().int().min(least).max(most);

/** A threshold that can be read. */
export const threshold = z.string().superRefine((text, context) => {
  try {
    parseThreshold(text);
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message });
  }
});

const probes = z.strictObject({
  rooms: many(1000, 1).describe('Rooms; probes and crowd are spread over them evenly'),
  talkers: many(1000, 1).describe('Probes that send, over all rooms'),
  rate: rate.describe('Messages per talker'),
  arrivals: z
    .enum(['poisson', 'constant'])
    .default('poisson')
    .describe(
      'How the messages of a talker are spaced: at random (a Poisson process), or evenly, which can keep step with what is periodic at the server',
    ),
  listeners: many(10_000).describe('Probes that only listen, over all rooms'),
  warmup: wholeSeconds.describe('Time before measuring; must cover the arrival of the crowd'),
  measure: wholeSeconds
    .refine((s) => s > 0, 'at least 1s')
    .optional()
    .describe('The measured interval; with faults, it lasts as long as they take'),
  drain: wholeSeconds.refine((s) => s > 0, 'at least 1s').describe('How long to wait for the last deliveries, at most'),
});

const faultName = z.string().regex(/^[a-z][a-z0-9-]*$/, 'a name such as blackhole');
const rest = wholeSeconds.describe('How long to wait afterwards for the system to recover');
const lasting = wholeSeconds.default(0).describe('How long it lasts; by default only a moment');

const outage = z.union(
  [
    z.strictObject({
      name: faultName,
      links: z.array(faultSchema).min(1).describe('Faults on all links'),
      for: lasting,
      times: many(100, 1).default(1).describe('How many times, one second apart'),
      rest,
    }),
    z.strictObject({
      name: faultName,
      server: z
        .enum(['kill', 'restart'])
        .describe('kill: SIGKILL, and a new server after `for`; restart: SIGTERM, and a new server at once'),
      for: lasting,
      rest,
    }),
    z.strictObject({
      name: faultName,
      nodes: z.literal('restart').describe('Every node is drained, told to end (SIGTERM), and started again'),
      drain: duration.default(0).describe('How long a node gets no new clients before it is told to end'),
      order: z
        .enum(['one-by-one', 'all-at-once'])
        .default('one-by-one')
        .describe('Whether a node waits until the one before is back'),
      rest,
    }),
    z.strictObject({
      name: faultName,
      nodes: z
        .enum(['kill', 'freeze'])
        .describe('The node with the most clients: SIGKILL and a new one after `for`, or SIGSTOP for as long'),
      for: lasting,
      rest,
    }),
    z.strictObject({
      name: faultName,
      redis: z
        .enum(['restart', 'silence'])
        .describe(
          'restart: SIGTERM, and started again with its data after `for`; silence: nothing passes between it and the nodes',
        ),
      for: lasting,
      rest,
    }),
    z.strictObject({
      name: faultName,
      balancer: z.literal('reload').describe('A new process takes over; the old one stays for its connections'),
      rest,
    }),
  ],
  'a fault with one of `links`, `server`, `nodes`, `redis` and `balancer`',
);

const people = z.strictObject({
  each: many(50, 1).describe('Probes of each persona'),
  who: z.array(z.string().min(1)).describe('Names, or files that export a persona'),
  for: wholeSeconds.refine((s) => s > 0, 'at least 1s').describe('How long the personas are given'),
});

const network = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z][a-z0-9-]*$/, 'a name such as upgrade-refused')
    .describe('Its name; `open` is the one without faults'),
  faults: z.array(faultSchema).describe('Its faults on every connection'),
  rate: rate.optional().describe('Messages in each cell while clients connect and upgrade, if different from later'),
  quiet: duration.optional().describe('How long no message is sent, in the middle of the wave'),
});

const matrix = z.strictObject({
  clients: many(500, 1).describe('Clients in each cell: in each order on each network'),
  orders: z
    .array(z.enum(clientOrderNames as [ClientOrder, ...ClientOrder[]]))
    .min(1)
    .describe('In which order clients try their transports'),
  networks: z.array(network).min(1).describe('One wave each, one after the other'),
  timeout: duration.describe("How long a client waits for a connection; socket.io-client's own default is 20s"),
  rate: rate.describe('Messages in each cell, evenly spaced: networks may cut what is idle'),
  arrive: duration.describe('Over how long the clients of a wave connect'),
  wave: wholeSeconds.refine((s) => s >= 4, 'at least 4s').describe('How long each network is measured'),
  warmup: wholeSeconds.describe('Time before the first wave; must cover the arrival of the crowd'),
  cost: z
    .strictObject({
      measure: wholeSeconds.refine((s) => s > 0, 'at least 1s').describe('How long each transport is measured alone'),
      rate: rate.describe('Messages during that time'),
    })
    .nullable()
    .default(null)
    .describe(
      'The cost of each transport, measured after the waves with no other transport in use; null to leave it out',
    ),
});

const recovery = z.strictObject({
  ways: z
    .array(z.enum(absenceWays as [AbsenceWay, ...AbsenceWay[]]))
    .min(1)
    .describe('How links are lost'),
  away: z
    .array(duration)
    .min(1)
    .refine((all) => all.every((ms) => ms >= 100), 'times of 100ms or more')
    .describe('How long clients are away: each time with each way'),
  clients: many(50, 1).describe('Clients for each way and time'),
  rate: rate.describe('Messages in each room, evenly spaced'),
  warmup: wholeSeconds.refine((s) => s > 0, 'at least 1s').describe('Time before measuring, in which clients connect'),
  settle: wholeSeconds.refine((s) => s > 0, 'at least 1s').describe('How long those who came back last are observed'),
});

const share = z.number().gt(0).lt(1);

const capacity = z.strictObject({
  find: z
    .enum(capacityKinds)
    .default('users')
    .describe('users: how many of them; rate: messages a second of `users` of them; rooms: how many in one room'),
  from: many(1_000_000, 1).describe('The first level; it is doubled until one does not hold'),
  users: many(1_000_000, 1).default(200).describe('With find: rate, the users who send'),
  roomSize: many(10_000, 2).default(20).describe('Users of each room of the crowd'),
  rate: rate.describe('Messages of each user, where the rate is not what is searched for'),
  window: wholeSeconds.refine((s) => s > 0, 'at least 1s').describe('How long a level is looked at for one verdict'),
  precision: z
    .number()
    .gt(1)
    .max(10)
    .default(1.1)
    .describe('How far apart what held and what did not may be, as a ratio'),
  good: share.default(0.9).describe('The share of windows that have to hold'),
  confidence: share.default(0.95).describe('How sure that is to be'),
  slo: z.array(threshold).min(1).describe('What has to hold in a window'),
});

const chatstorm = z
  .strictObject({
    about: z.string().describe('What the scenario measures, in a line'),
    dialect: z
      .union([z.enum(Object.keys(dialects) as (keyof typeof dialects)[]), dialectSchema])
      .describe('How to reach and speak to the target: plain, rooms, or your own'),
    server: z
      .strictObject({
        pingInterval: duration.optional(),
        pingTimeout: duration.optional(),
        stateRecovery: z.boolean().optional(),
        maxDisconnectionDuration: duration.optional().describe('How long a session is kept; 2m by default'),
        historyLength: many(1000).optional(),
        transports: z
          .array(z.enum(['polling', 'websocket']))
          .min(1)
          .optional(),
        nodes: many(32, 1).optional().describe('Processes of it, behind HAProxy where there are several'),
        adapter: z
          .enum(adapters)
          .optional()
          .describe('What several nodes hear each other by; redis-streams by default'),
        balancer: z
          .enum(balancers)
          .optional()
          .describe(
            'Whether a client stays on its node (by a cookie, the default) or every request goes to the next one',
          ),
      })
      .default({})
      .describe('Options of the embedded server'),
    lag: duration
      .default(5)
      .describe('How late the generator may send, at p99, before the run is invalid; 5ms by default'),
    probes: probes.optional().describe('Probes in busy rooms'),
    faults: z.array(outage).default([]).describe('With probes: the faults, one after the other'),
    personas: people.optional().describe('With faults: bots that go offline in their own way, after all faults'),
    capacity: capacity
      .optional()
      .describe('With probes: what is searched for; the crowd has as many users as that takes'),
    matrix: matrix.optional().describe('Instead of probes: every client order on every network'),
    recovery: recovery.optional().describe('Instead of probes: clients that lose their link and come back'),
    quick: z
      .looseObject({})
      .optional()
      .describe('With --quick: what replaces the above; `users` is the size of the crowd'),
    thresholds: z.array(threshold).describe('What must hold, such as delivery.lost == 0'),
  })
  .refine(
    ({ probes, matrix, recovery }) => [probes, matrix, recovery].filter((one) => one !== undefined).length === 1,
    'with one of `probes`, `matrix` and `recovery`',
  )
  .refine(
    ({ probes, faults }) => probes === undefined || (probes.measure === undefined) === faults.length > 0,
    'with either `probes.measure` or `faults`',
  )
  .refine(({ probes, capacity }) => capacity === undefined || probes !== undefined, '`capacity` with `probes`');

const phase = z.looseObject({
  arrivalCount: many(10_000_000).optional(),
  arrivalRate: z.number().nonnegative().optional(),
  duration: z.union([z.number(), z.string()]).optional(),
});

export const scenarioSchema = z
  .object({
    config: z.looseObject({
      target: z.string().optional(),
      processor: z.string().optional(),
      phases: z.array(phase).min(1),
      engines: z.record(z.string(), z.looseObject({})),
    }),
    scenarios: z.array(z.looseObject({ engine: z.string(), flow: z.array(z.unknown()) })).min(1),
    chatstorm,
  })
  .superRefine(({ config: { engines }, scenarios }, { addIssue }) => {
    scenarios.forEach(({ engine }, at) => {
      if (Object.hasOwn(engines, engine)) return;
      const message = `one of ${Object.keys(engines).join(', ')}, which \`config.engines\` has`;
      addIssue({ code: 'custom', message, path: ['scenarios', at, 'engine'], input: engine });
    });
  });

/** Probes in busy rooms; `rate` is per talker and second, lengths are in seconds. */
export type ProbesConfig = z.output<typeof probes> & {
  readonly faults: readonly OutageConfig[];
  readonly personas: PersonasConfig | undefined;
  readonly capacity: CapacityConfig | undefined;
};

/** What is searched for; `rate` is per user and second, `window` is in seconds. */
export type CapacityConfig = z.output<typeof capacity>;

/** What goes wrong once; lengths in seconds. */
export type OutageConfig = z.output<typeof outage>;

export type PersonasConfig = z.output<typeof people>;

/** Every client order on every network; `rate` is per second, `wave`, `warmup` and `cost.measure` are in s, the rest in ms. */
export type MatrixConfig = z.output<typeof matrix>;

/** Clients that lose their link; `rate` is per second, `away` is in ms, `warmup` and `settle` are in s. */
export type RecoveryConfig = z.output<typeof recovery>;

export type ScenarioFile = z.infer<typeof scenarioSchema>;

/** The JSON Schema of a scenario file, for editors; checked in as `schema.json`. */
export function scenarioJsonSchema(): unknown {
  return z.toJSONSchema(scenarioSchema, { io: 'input' });
}
