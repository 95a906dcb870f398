import { existsSync } from 'node:fs';
import { z } from 'zod';
import { adapters, balancers } from '../base/adapters.ts';
import { UsageError } from '../base/errors.ts';
import { fileProblem } from '../base/file-problem.ts';
import { readTextFile } from '../base/read-text-file.ts';
import { dialectSchema } from '../bots/dialect/dialect.ts';
import { crowdEngines } from '../load/plan/crowd-engine.ts';
import type { OwnThreshold } from '../load/plan/load-options.ts';
import { capacityKinds } from '../measure/run-record/capacity-record.ts';
import { problems } from '../scenarios/file-problems.ts';
import { scenarioNames } from '../scenarios/scenario-files.ts';
import { threshold } from '../scenarios/scenario-schema.ts';
import { readYaml } from '../scenarios/yaml-file.ts';

/** The file in the working folder that every command looks into. */
export const PROJECT_FILE = 'chatstorm.yml';

const path = z.string().min(1);
const port = z.number().int().min(0).max(65_535);
const times = z.number().int().min(1).max(1000);

const scenario = z
  .string()
  .refine(
    (name) => scenarioNames().includes(name) || /\.(ya?ml|[cm]?[jt]s)$/.test(name),
    `${scenarioNames().join(', ')}, or the path of a .yml or .ts file`,
  );

const projectSchema = z
  .strictObject({
    $schema: z.string().optional(),
    target: z.string().optional().describe('The server to load, instead of the embedded reference chat'),
    iOwn: z.string().optional().describe('Confirms that a target on another machine is yours: its host'),
    dialect: z
      .union([z.string(), dialectSchema])
      .optional()
      .describe('How to speak its chat: plain, rooms, a .yml or .ts file, or the dialect itself'),
    scenarios: z.array(scenario).min(1).optional().describe('What is run where no scenario is named'),
    users: z.number().int().optional().describe('Crowd users'),
    crowd: z.boolean().optional().describe('false: probes only'),
    engine: z.enum(crowdEngines).optional().describe('What drives the crowd; by default the scenario says'),
    rooms: z.number().int().optional(),
    rate: z.string().optional().describe('Messages of each talker, such as 10/s'),
    arrivals: z.enum(['poisson', 'constant']).optional(),
    listeners: z.number().int().optional().describe('Probes that only listen'),
    duration: z.string().optional().describe('How long to measure, such as 30s'),
    recovery: z.enum(['on', 'off', 'both']).optional().describe("The embedded server's connection state recovery"),
    find: z.enum(capacityKinds).optional().describe('capacity: what is searched for'),
    precision: z.number().optional().describe('capacity: how far apart what held and what did not may be, such as 1.1'),
    good: z.number().optional().describe('capacity: the share of windows that have to hold, such as 0.9'),
    confidence: z.number().optional().describe('capacity: how sure that is to be, such as 0.95'),
    nodes: z.number().int().optional().describe('Processes of the embedded server, behind HAProxy'),
    adapter: z.enum(adapters).optional().describe('What nodes hear each other by'),
    balancer: z.enum(balancers).optional().describe('How clients find their node'),
    redis: z.string().optional().describe('The Redis between nodes, instead of one that the run starts'),
    drain: z.string().optional().describe('How long a node gets no new clients before it is restarted'),
    order: z.enum(['one-by-one', 'all-at-once']).optional().describe('How nodes are restarted'),
    outage: z.string().optional().describe('How long the killed embedded server stays down, such as 20s'),
    persona: path.optional().describe("A persona's file, instead of the shipped ones"),
    pid: z.number().int().positive().optional().describe('The process of a target on this machine'),
    quick: z.boolean().optional().describe('A short form of each scenario'),
    fitHeartbeat: z.boolean().optional().describe("Silent faults as long as the target's heartbeat needs"),
    seed: z.string().optional().describe('What schedules and texts are drawn from'),
    repeat: times.optional().describe('How many times each scenario is run'),
    live: z.boolean().optional().describe('false: no live page of the run'),
    runs: path.optional().describe('The folder in which runs are put and looked for; reports/runs by default'),
    thresholds: z
      .record(z.string(), z.array(threshold))
      .optional()
      .describe('By scenario, what must hold besides; instead of what the scenario says of the same metric'),
    baseline: path.optional().describe('What runs are compared with: a name, a file, or a folder with runs'),
    failOn: z.enum(['worse']).optional().describe('Exit with 99 where a headline metric is worse than the baseline'),
    junit: path.optional().describe('A file for the results as JUnit XML'),
    summary: path.optional().describe('A file for the results as Markdown'),
    json: path.optional().describe('A file for the records of the runs'),
    metricsJson: path.optional().describe('A file for the figures, as github-action-benchmark takes them'),
    prometheus: z.string().optional().describe('Where Prometheus can scrape a run, such as 127.0.0.1:9464'),
    otlp: z.string().optional().describe('The OTLP endpoint that figures are sent to, such as http://127.0.0.1:4318'),
    chat: z.strictObject({ port: port.optional(), host: z.string().optional() }).optional(),
    reports: z.strictObject({ port: port.optional(), host: z.string().optional() }).optional(),
  })
  .describe(
    'chatstorm.yml: what the commands of chatstorm take where neither a flag nor the environment says otherwise',
  );

type ProjectFile = z.output<typeof projectSchema>;

/** What the file says; thresholds with the lines that they stand in. */
export interface Project extends Omit<ProjectFile, 'thresholds' | 'dialect' | '$schema'> {
  readonly dialect?: string | object | undefined;
  readonly thresholds?: Readonly<Record<string, readonly OwnThreshold[]>> | undefined;
}

/** What chatstorm.yml says, nothing where there is none. Throws a UsageError that lists every problem with its line. */
export function readProject(file = PROJECT_FILE): Project {
  if (!existsSync(file)) return {};
  const yaml = readYaml(textOf(file), file, 'COMMAND_LINE');
  const parsed = projectSchema.safeParse(yaml.value ?? {}, { reportInput: true });
  if (!parsed.success) throw problems('COMMAND_LINE', parsed.error.issues, yaml, file, new Map());
  const { $schema: _, thresholds, dialect, ...rest } = parsed.data;
  const placed = Object.entries(thresholds ?? {}).map(([scenario, texts]) => [
    scenario,
    texts.map((text, at) => ({ text, place: yaml.placeOf(['thresholds', scenario, at]) })),
  ]);
  const written = (yaml.value as { dialect?: string | object } | null)?.dialect;
  return {
    ...rest,
    ...(dialect && { dialect: written }),
    ...(thresholds && { thresholds: Object.fromEntries(placed) }),
  };
}

/** The JSON Schema of chatstorm.yml, for editors; checked in as `chatstorm.schema.json`. */
export function projectJsonSchema(): unknown {
  return z.toJSONSchema(projectSchema, { io: 'input' });
}

function textOf(file: string): string {
  try {
    return readTextFile(file);
  } catch (error) {
    throw new UsageError('COMMAND_LINE', `Cannot read ${file}: ${fileProblem(error)}.`, file);
  }
}
