/** The two halves of a scenario file as it is written: Artillery's, of which little is asked, and `chatstorm:`. */

import { z } from 'zod';
import { dialectSchema, dialects } from '../bots/dialect.ts';
import { parseThreshold } from '../measure/thresholds.ts';
import { duration, rate, wholeSeconds } from './units.ts';

const many = (most: number, least = 0) => z.number().int().min(least).max(most);

const threshold = z.string().superRefine((text, context) => {
  try {
    parseThreshold(text);
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message });
  }
});

const chatstorm = z.strictObject({
  about: z.string().describe('What the scenario answers, in a line'),
  dialect: z
    .union([z.enum(Object.keys(dialects) as (keyof typeof dialects)[]), dialectSchema])
    .describe('How to speak the chat: plain, rooms, or your own'),
  server: z
    .strictObject({
      pingInterval: duration.optional(),
      pingTimeout: duration.optional(),
      transports: z
        .array(z.enum(['polling', 'websocket']))
        .min(1)
        .optional(),
    })
    .default({})
    .describe('Options of the embedded target'),
  probes: z.strictObject({
    rooms: many(1000, 1).describe('Rooms; probes and crowd spread over them evenly'),
    talkers: many(1000, 1).describe('Probes that speak, over all rooms'),
    rate: rate.describe('Messages per talker'),
    arrivals: z
      .enum(['constant', 'poisson'])
      .default('constant')
      .describe('How the turns of a talker are spaced: evenly, or at random around the same rate'),
    listeners: many(10_000).describe('Probes that only listen, over all rooms'),
    warmup: wholeSeconds.describe('Before measuring; covers the arrivals of the crowd'),
    measure: wholeSeconds.refine((s) => s > 0, 'at least 1s').describe('The measured interval'),
    drain: wholeSeconds
      .refine((s) => s > 0, 'at least 1s')
      .describe('How long to wait for the last deliveries at most'),
  }),
  thresholds: z.array(threshold).describe('What must hold, such as delivery.lost == 0'),
});

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

export type ScenarioFile = z.infer<typeof scenarioSchema>;

/** The JSON Schema of a scenario file, for editors; checked in as `schema.json`. */
export function scenarioJsonSchema(): unknown {
  return z.toJSONSchema(scenarioSchema, { io: 'input' });
}
