import { z } from 'zod';
import { adapters, balancers } from '../../base/adapters.ts';
import { sourceRoles } from '../metrics/source.ts';
import { capacityPlan, capacityRecord } from './capacity-record.ts';
import { fallbackRecord, matrixPlan } from './matrix-record.ts';
import { nodesRecord, shardsRecord } from './node-record.ts';
import { betweenFaults, outagesPlan, outagesRecord } from './outage-record.ts';
import { absencesPlan, recoveryRecord } from './recovery-record.ts';
import { SCHEMA_VERSION } from './schema-version.ts';

const number = z.number();
const count = z.number().int();
/** Of a day at most. */
const seconds = count.min(0).max(86_400);

const source = z
  .strictObject({ role: z.enum(sourceRoles), shard: count, number: count })
  .describe('The process, or thread of one, that recorded it');

const percentile = number.nullable().describe('Null with too few independent samples');

const distribution = z.strictObject({
  unit: z.enum(['ms', '1']),
  count,
  min: number,
  mean: number,
  p50: percentile,
  p90: percentile,
  p95: percentile,
  p99: percentile,
  p999: percentile,
  max: number,
  hdr: z.string().describe('HdrHistogram, compressed V2 encoding in base 64, values in µs'),
});

const interval = z.strictObject({
  low: number,
  high: number,
  replicates: z.array(number).describe('The bootstrap replicates, sorted: to compare this run with another'),
});

const value = z.strictObject({ unit: z.enum(['ms', '1', 'bytes', 'percent', 'ratio', '1/s']), value: number });

const metrics = z.record(z.string(), z.union([distribution, value])).describe('Key → distribution or number');

const series = z.array(number.nullable()).describe('A value per second from second 0 on; null where there is none');

const centreAndWorst = z.strictObject({ p50: series, max: series });

const seriesByKey = z.record(z.string(), series);

const thresholdResult = z.discriminatedUnion('outcome', [
  z.strictObject({ text: z.string(), outcome: z.enum(['pass', 'fail']), value: number, unit: z.enum(['ms', '1']) }),
  z.strictObject({
    text: z.string(),
    outcome: z.literal('unknown'),
    why: z.enum(['noSamples', 'nothingExpected', 'insufficient', 'notTested']),
  }),
]);

const generatorRole = z.enum(['probes', 'crowd', 'proxy']);

const processEnd = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('exit'), code: count }),
  z.strictObject({ kind: z.literal('signal'), signal: z.string() }),
  z.strictObject({ kind: z.literal('failed'), message: z.string() }),
  z.strictObject({ kind: z.literal('timedOut'), afterMs: number }),
  z.strictObject({ kind: z.literal('unrecorded') }),
]);

const simpleBreach = z.discriminatedUnion('gate', [
  z.strictObject({
    gate: z.literal('death'),
    role: z.string(),
    end: processEnd,
    said: z.array(z.string()).describe('The last lines that it printed'),
  }),
  z.strictObject({
    gate: z.literal('headroom'),
    resource: z.enum(['descriptors', 'ports']),
    wanted: number,
    available: number,
  }),
  z.strictObject({
    gate: z.literal('participation'),
    role: z.enum(['crowd', 'probes']),
    asked: count,
    tookPart: count,
    reasons: z.array(z.strictObject({ reason: z.string(), clients: count })).describe('The most frequent first'),
  }),
  z.strictObject({
    gate: z.literal('undelivered'),
    rooms: z.array(z.string()).describe('Those in which nothing arrived; empty where they are not told apart'),
    expected: count,
  }),
  z.strictObject({ gate: z.literal('unconfirmed'), unknown: count, expected: count }),
  z.strictObject({
    gate: z.literal('persona'),
    persona: z.string(),
    clients: count,
    of: count,
    reasons: z.array(z.string()).describe('What went wrong, with the line of its file where it is known'),
  }),
  z.strictObject({
    gate: z.literal('search'),
    end: z.enum(['generator', 'nothingHeld', 'timeIsUp', 'unfinished']),
    windows: count.describe('Those that counted'),
  }),
  z.strictObject({ gate: z.literal('unmade'), faults: z.array(z.string()) }),
  z.strictObject({ gate: z.literal('untested'), faults: z.array(z.string()), noticedAfterMs: number.nullable() }),
  z.strictObject({ gate: z.literal('stall'), role: generatorRole, stallMs: number, limitMs: number }),
  z.strictObject({ gate: z.literal('busy'), role: generatorRole, utilization: number, limit: number }),
  z.strictObject({ gate: z.literal('lag'), p99Ms: number, limitMs: number }),
  z.strictObject({ gate: z.literal('starved'), role: z.enum(['probes', 'crowd']), seconds: count, of: count }),
  z.strictObject({ gate: z.literal('rate'), offered: number, achieved: number }),
  z.strictObject({
    gate: z.literal('conservation'),
    scheduled: number,
    sent: number,
    dropped: number,
    ok: number,
    refused: number,
    info: number,
  }),
  z.strictObject({ gate: z.literal('balance'), expected: number, accounted: number }),
]);

/** Of one part of a load that is split. */
const shardBreach = z.strictObject({
  gate: z.literal('shard'),
  shard: count,
  worker: z.string(),
  breach: simpleBreach,
});

const breach = z.discriminatedUnion('gate', [...simpleBreach.options, shardBreach]);

const timedEvent = z.object({ at: number, source }).catchall(z.unknown());

const finding = z.strictObject({
  id: z.string().describe('Stable: the same finding has the same id in every run'),
  severity: z.enum(['critical', 'warning', 'info']),
  title: z.string().describe('What is wrong, in a few words'),
  evidence: z.string().describe('What was measured, in a sentence'),
  remedy: z.string().nullable().describe('What to do about it; null if there is nothing to do'),
  setting: z.string().nullable().describe('The setting to change, as it is written in code; null if there is none'),
  shownBy: z
    .strictObject({ section: z.string(), from: seconds.nullable(), to: seconds.nullable() })
    .nullable()
    .describe('The part of the report that shows it, and the seconds to look at'),
});

const plan = z.strictObject({
  schemaVersion: z.literal(SCHEMA_VERSION),
  id: z.string(),
  startedAt: z.string().describe('ISO 8601, the wall clock at the start'),
  scenario: z
    .object({ name: z.string(), about: z.string(), thresholds: z.array(z.string()) })
    .catchall(z.unknown())
    .describe('Resolved scenario'),
  target: z.strictObject({
    kind: z.enum(['embedded', 'external']),
    origin: z.string().describe('Without user info, path and query'),
    handshake: z
      .strictObject({
        pingIntervalMs: number,
        pingTimeoutMs: number,
        maxPayloadBytes: number.nullable(),
        upgrades: z.array(z.string()),
      })
      .nullable()
      .describe('What the server said as it opened a session: a silent link is noticed after both times together'),
    dialect: z.string(),
    mode: z
      .enum(['chat', 'listening', 'asking'])
      .describe('chat: messages go to others; listening: only the server speaks; asking: an ack answers each message'),
    hasRooms: z.boolean().describe('Whether the dialect has rooms; if not, everyone is in one room'),
    cluster: z
      .strictObject({
        nodes: count,
        adapter: z.enum(adapters),
        balancer: z.enum(balancers),
      })
      .nullable()
      .default(null)
      .describe('The nodes of the embedded server, what they hear each other by, and what stands before them'),
  }),
  environment: z.strictObject({
    node: z.string(),
    os: z.string(),
    cpus: count,
    memoryBytes: number,
    versions: z.record(z.string(), z.string()),
  }),
  seed: z.string(),
  command: z.array(z.string()).describe('The command that repeats the run, word by word'),
  labels: z.array(z.string()).describe('What the run was labelled with'),
  git: z
    .strictObject({ commit: z.string(), branch: z.string().nullable(), isDirty: z.boolean() })
    .nullable()
    .describe('The repository that the command was run in; null where there is none. Without a branch: detached'),
  phases: z
    .strictObject({ warmup: seconds, measure: seconds, drain: seconds })
    .describe('Lengths in seconds; of the drain, the maximum'),
  load: z.strictObject({
    users: count,
    probes: count,
    talkers: count,
    rooms: count,
    ratePerTalker: number.describe('Messages per second'),
    arrivals: z.enum(['constant', 'poisson']).describe('How the messages of a talker are spaced'),
    engine: z
      .strictObject({
        name: z.string(),
        chosenBy: z.enum(['scenario', 'option', 'load']),
        limits: z
          .strictObject({ users: count, deliveriesPerSecond: count, cores: count })
          .nullable()
          .describe("What the scenario's engine carries on this machine, where the load is above it; otherwise null"),
      })
      .nullable()
      .default(null)
      .describe('The engine of Artillery that drives the crowd; null without a crowd'),
    lagLimitMs: number.describe('How late messages may be sent, at p99, before the run is invalid, ms'),
    offered: count.describe('Messages that the probes have to send in the measured interval'),
    peak: z
      .strictObject({ sockets: count, messagesPerSecond: number, deliveriesPerSecond: number, descriptors: count })
      .describe('The estimated peak load on the target, and of descriptors on this machine'),
    available: z
      .strictObject({ descriptors: count.nullable(), ports: count.nullable() })
      .describe('What this machine has: descriptors of a process, local ports; null if unknown'),
    shards: z
      .array(z.strictObject({ number: count, firstProbe: count, probes: count, users: count }))
      .nullable()
      .default(null)
      .describe('The parts that the load is split into, each made by a worker; null where one machine makes it'),
  }),
  matrix: matrixPlan,
  outages: outagesPlan,
  absences: absencesPlan,
  search: capacityPlan,
});

const runRecord = z
  .strictObject({
    ...plan.shape,
    recovery: recoveryRecord,
    state: z.enum(['complete', 'partial']).describe('Partial: the run was cut short, or a source never closed'),
    interruptedBy: z.enum(['SIGINT', 'SIGTERM']).nullable(),
    timeline: z.strictObject({
      seconds: count,
      latency: z.strictObject({ p50: series, p95: series, p99: series, max: series }).describe('ms, by due second'),
      transports: z
        .strictObject({ polling: centreAndWorst, websocket: centreAndWorst })
        .describe('Latency by the transport of the recipient, ms'),
      paths: z
        .strictObject({ sameNode: centreAndWorst, crossNode: centreAndWorst })
        .nullable()
        .default(null)
        .describe("Latency on the sender's node and across nodes, ms; null where nodes are not told apart"),
      steps: z
        .array(z.array(count))
        .describe('Latency by due second, in steps of a tenth of a decade from 0.1 ms: first step, then counts'),
      rooms: z
        .record(z.string(), z.strictObject({ p50: series, p99: series }))
        .describe('Latency by room, ms; empty where rooms are not told apart'),
      counters: seriesByKey.describe('Counts in each second'),
    }),
    nodes: nodesRecord.default([]),
    shards: shardsRecord.default([]),
    vitals: z.array(z.strictObject({ source, gauges: seriesByKey })).describe('By source: gauge → series'),
    metrics,
    intervals: z
      .record(z.string(), interval.nullable())
      .describe(
        'Key and statistic → 95 % confidence interval by a block bootstrap; null where there are too few blocks',
      ),
    floor: z
      .strictObject({ p50: percentile, p99: percentile, messages: count })
      .nullable()
      .describe('Latency against a null target just before the run, ms: what the harness itself adds'),
    steadiness: z
      .strictObject({ steady: z.boolean(), firstMs: number, lastMs: number })
      .nullable()
      .describe('Whether the latency still changed: medians of the first and the last third of the measured interval'),
    fallback: fallbackRecord,
    outages: outagesRecord,
    capacity: capacityRecord,
    faults: z.array(timedEvent),
    betweenFaults: betweenFaults.nullable().describe('Null without faults'),
    undelivered: z
      .array(timedEvent)
      .describe('Examples of pairs that were lost, missed or unknown, of the measured interval: at most 100 of each'),
    recipients: z
      .array(z.strictObject({ bot: count, room: z.string(), count, p50: percentile, p99: percentile, max: number }))
      .describe('What each probe heard in the measured interval: latency to two digits, ms'),
    anomalies: z.array(timedEvent).describe('At most a hundred of a kind, as examples'),
    verdict: z.strictObject({
      outcome: z.enum(['pass', 'fail', 'unknown']),
      thresholds: z.array(thresholdResult),
      breaches: z.array(breach),
    }),
    findings: z.array(finding).describe('What follows from the run, and what to do, the most severe first'),
    notes: z.array(z.string()),
  })
  .describe('A run of chatstorm');

/** What was decided before a run started; stands in its folder as plan.json. */
export type RunPlan = z.infer<typeof plan>;

/** A whole run, as run.json holds it. */
export type RunRecord = z.infer<typeof runRecord>;

/** A run as its lines fold to it, before anything was concluded from it. */
export type FoldedRun = Omit<RunRecord, 'findings'>;

export type Finding = z.infer<typeof finding>;

export type Metrics = RunRecord['metrics'];
export type Metric = Metrics[string];
export type Distribution = z.infer<typeof distribution>;
export type Interval = z.infer<typeof interval>;

/** Reads plan.json; throws a ZodError that names what is wrong. */
export function parsePlan(json: unknown): RunPlan {
  return plan.parse(json);
}

/** Reads run.json; throws a ZodError that names what is wrong. */
export function parseRunRecord(json: unknown): RunRecord {
  return runRecord.parse(json);
}

/** The JSON Schema of run.json; checked in as `run-record.schema.json`. */
export function runRecordJsonSchema(): unknown {
  return z.toJSONSchema(runRecord);
}
