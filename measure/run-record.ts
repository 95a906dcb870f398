import { z } from 'zod';

/** The version of {@link RunRecord}; raised when a field changes its meaning or goes. */
export const SCHEMA_VERSION = 1;

const number = z.number();
const count = z.number().int();

const distribution = z.strictObject({
  unit: z.enum(['ms', '1']),
  count,
  min: number,
  mean: number,
  p50: number,
  p90: number,
  p95: number,
  p99: number,
  p999: number,
  max: number,
  hdr: z.string().describe('HdrHistogram, compressed V2 encoding in base 64, values in µs'),
});

const value = z.strictObject({ unit: z.enum(['ms', '1', 'bytes', 'percent', 'ratio', '1/s']), value: number });

const metrics = z.record(z.string(), z.union([distribution, value])).describe('Key → distribution or number');

const series = z.array(number.nullable()).describe('A value per second from second 0 on; null where there is none');

const seriesByKey = z.record(z.string(), series);

const thresholdResult = z.discriminatedUnion('outcome', [
  z.strictObject({ text: z.string(), outcome: z.enum(['pass', 'fail']), value: number, unit: z.enum(['ms', '1']) }),
  z.strictObject({ text: z.string(), outcome: z.literal('unknown'), why: z.enum(['noSamples', 'nothingExpected']) }),
]);

const breach = z.discriminatedUnion('gate', [
  z.strictObject({ gate: z.literal('lag'), p99Ms: number, limitMs: number }),
  z.strictObject({ gate: z.literal('busy'), utilization: number, limit: number }),
  z.strictObject({ gate: z.literal('rate'), offered: number, achieved: number }),
  z.strictObject({ gate: z.literal('death'), role: z.string(), how: z.string() }),
  z.strictObject({ gate: z.literal('balance'), expected: number, accounted: number }),
]);

const timedEvent = z.object({ at: number, source: z.string() }).catchall(z.unknown());

const plan = z.strictObject({
  schemaVersion: z.literal(SCHEMA_VERSION),
  id: z.string(),
  startedAt: z.string().describe('ISO 8601, the wall clock at the start'),
  scenario: z
    .object({ name: z.string(), about: z.string(), thresholds: z.array(z.string()) })
    .catchall(z.unknown())
    .describe('The scenario as resolved'),
  target: z.strictObject({
    kind: z.enum(['embedded', 'external']),
    origin: z.string().describe('Without user info, path and query'),
    dialect: z.string(),
    hasRooms: z.boolean().describe('Whether the dialect knows rooms; without, everyone is in one'),
  }),
  environment: z.strictObject({
    node: z.string(),
    os: z.string(),
    cpus: count,
    memoryBytes: number,
    versions: z.record(z.string(), z.string()),
  }),
  seed: z.string(),
  phases: z
    .strictObject({ warmup: count, measure: count, drain: count })
    .describe('Lengths in seconds; the drain at the most'),
  load: z.strictObject({
    users: count,
    probes: count,
    talkers: count,
    rooms: count,
    ratePerTalker: number.describe('Messages per second'),
    offered: count.describe('Messages that the probes have to send in the measured interval'),
    peak: z
      .strictObject({ sockets: count, messagesPerSecond: number, deliveriesPerSecond: number, descriptors: count })
      .describe('What the run puts on the target at most, as estimated; descriptors on this machine'),
  }),
});

const runRecord = z
  .strictObject({
    ...plan.shape,
    state: z.enum(['complete', 'partial']).describe('Partial: the run was cut short, or a source never closed'),
    interruptedBy: z.enum(['SIGINT', 'SIGTERM']).nullable(),
    timeline: z.strictObject({
      seconds: count,
      latency: z.strictObject({ p50: series, p95: series, p99: series, max: series }).describe('ms, by due second'),
      counters: seriesByKey.describe('Counts in each second'),
    }),
    vitals: z.record(z.string(), seriesByKey).describe('Source → gauge → series'),
    metrics,
    faults: z.array(timedEvent),
    anomalies: z.array(timedEvent).describe('At most a hundred of a kind, as examples'),
    verdict: z.strictObject({
      outcome: z.enum(['pass', 'fail', 'unknown']),
      thresholds: z.array(thresholdResult),
      breaches: z.array(breach),
    }),
    notes: z.array(z.string()),
  })
  .describe('A run of chatstorm');

/** What was decided before a run started; stands in its folder as plan.json. */
export type RunPlan = z.infer<typeof plan>;

/** A whole run, as run.json holds it. */
export type RunRecord = z.infer<typeof runRecord>;

export type Metrics = RunRecord['metrics'];
export type Metric = Metrics[string];
export type Distribution = z.infer<typeof distribution>;

/** Reads plan.json; throws a ZodError that names what is wrong. */
export function parsePlan(json: unknown): RunPlan {
  return plan.parse(json);
}

/** The JSON Schema of run.json; checked in as `run-record.schema.json`. */
export function runRecordJsonSchema(): unknown {
  return z.toJSONSchema(runRecord);
}
