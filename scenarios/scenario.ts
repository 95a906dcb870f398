import { dirname } from 'node:path';
import type { z } from 'zod';
import { UsageError } from '../base/errors.ts';
import { DURATION, durationMs } from '../base/units.ts';
import type { Issue } from '../base/validation-sentence.ts';
import { clientOrders } from '../bots/client-orders.ts';
import { dialects } from '../bots/dialect/built-in.ts';
import { type Dialect, hasRooms } from '../bots/dialect/dialect.ts';
import { applyOptions, applyQuick } from './apply-options.ts';
import { blankIssues, builtInDialect, missingIssue, ownDialect, type ReadDialect } from './dialect-file.ts';
import { type Environment, expandEnvironment } from './environment-values.ts';
import { problems } from './file-problems.ts';
import type { ScenarioOptionTexts } from './scenario-options.ts';
import {
  type MatrixConfig,
  type ProbesConfig,
  type RecoveryConfig,
  type ScenarioFile,
  scenarioSchema,
} from './scenario-schema.ts';
import { readYaml } from './yaml-file.ts';

/** A scenario, whole and checked. Nothing in it is optional. */
export interface Scenario {
  readonly name: string;
  readonly about: string;
  readonly dialect: Dialect;
  /** Where the dialect comes from, and what of it may be shown. */
  readonly dialectSource: Omit<ReadDialect, 'dialect'>;
  readonly server: ScenarioFile['chatstorm']['server'];
  /** What the probes do. */
  readonly workload:
    | ({ readonly kind: 'probes' } & ProbesConfig)
    | ({ readonly kind: 'matrix' } & MatrixConfig)
    | ({ readonly kind: 'recovery' } & RecoveryConfig);
  /** Crowd users, at most; 0 for none. */
  readonly users: number;
  /** How late messages may be handed over at p99 for a run to be valid, ms. */
  readonly lagLimitMs: number;
  readonly thresholds: readonly string[];
  /** Where each threshold is written, as `file:line`. */
  readonly thresholdPlaces: Readonly<Record<string, string>>;
  /** The file as it was written, options included. */
  readonly source: z.input<typeof scenarioSchema>;
}

/** What a command line may change in a scenario. */
export interface Overrides extends ScenarioOptionTexts {
  readonly quick?: boolean | undefined;
  /** What fills `${NAME}` in a dialect that the file spells out. */
  readonly environment?: Environment;
  /** A name, or one that was read from a file. */
  readonly dialect?: string | ReadDialect | undefined;
  /** The dialect where the file names one instead of spelling out its own; `dialect` comes first. */
  readonly dialectForTarget?: string | undefined;
}

/** Reads a scenario from YAML, or from plain data. Throws a UsageError that lists every problem with file and line. */
export function parseScenario(text: string | object, name: string, overrides: Overrides = {}): Scenario {
  const yaml = typeof text === 'string' ? readYaml(text, name, 'SCENARIO') : { value: text, placeOf: () => name };
  if (!isMapping(yaml.value)) {
    const got =
      yaml.value === null || yaml.value === undefined ? 'an empty file' : JSON.stringify(yaml.value).slice(0, 60);
    const message = `Expected a scenario with the keys config, scenarios and chatstorm, got ${got} (${yaml.placeOf([])})`;
    throw new UsageError('SCENARIO', message, name);
  }
  const { file, places } = applyOptions(overrides.quick ? applyQuick(yaml.value) : yaml.value, overrides, name);
  const { value, secrets, missing } = expandEnvironment(spelledOut(file), overrides.environment ?? {});
  const parsed = scenarioSchema.safeParse(withDialect(file, value), { reportInput: true });
  const inDialect = (issue: Issue): Issue => ({ ...issue, path: ['chatstorm', 'dialect', ...issue.path] });
  if (!parsed.success) throw problems('SCENARIO', parsed.error.issues, yaml, name, places);
  const { dialect } = parsed.data.chatstorm;
  const own = typeof dialect === 'string' || overrides.dialect !== undefined ? undefined : dialect;
  const issues = [...missing.map(missingIssue), ...(own ? blankIssues(own, dirname(name)) : [])];
  if (issues.length > 0) throw problems('SCENARIO', issues.map(inDialect), yaml, name, places);
  const from = { folder: dirname(name), module: null, written: spelledOut(file), secrets };
  const spoken = own ? ownDialect(own, from) : namedDialect(parsed.data, overrides);
  const { thresholds } = parsed.data.chatstorm;
  const thresholdPlaces = Object.fromEntries(
    thresholds.map((threshold, at) => [threshold, yaml.placeOf(['chatstorm', 'thresholds', at])]),
  );
  return { ...resolve(parsed.data, spoken, file as Scenario['source'], name), thresholdPlaces };
}

/** The dialect that the file spells out; undefined where it names one. */
function spelledOut(file: Record<string, unknown>): unknown {
  const { chatstorm } = file;
  const dialect = isMapping(chatstorm) ? chatstorm.dialect : undefined;
  return isMapping(dialect) ? dialect : undefined;
}

function withDialect(file: Record<string, unknown>, dialect: unknown): unknown {
  return isMapping(dialect) ? { ...file, chatstorm: { ...(file.chatstorm as object), dialect } } : file;
}

/** The dialect of the command line, or the one that the file names. */
function namedDialect({ chatstorm }: ScenarioFile, overrides: Overrides): ReadDialect {
  const spoken = overrides.dialect ?? overrides.dialectForTarget ?? chatstorm.dialect;
  if (typeof spoken === 'object' && 'dialect' in spoken) return spoken;
  const name = String(spoken);
  const dialect = builtInDialect(name);
  if (dialect) return dialect;
  const known = Object.keys(dialects).join(', ');
  throw new UsageError(
    'COMMAND_LINE',
    `Expected --dialect to be ${known}, or a .yml or .ts file, got ${name} (command line)`,
    '--dialect',
  );
}

function resolve(
  file: ScenarioFile,
  spoken: ReadDialect,
  source: Scenario['source'],
  path: string,
): Omit<Scenario, 'thresholdPlaces'> {
  const { chatstorm, config } = file;
  const { dialect, ...dialectSource } = spoken;
  return {
    name: scenarioNameOf(path),
    about: chatstorm.about,
    dialect,
    dialectSource,
    server: chatstorm.server,
    workload: workloadOf(chatstorm, dialect),
    users: config.phases.reduce(
      (sum, { arrivalCount = 0, arrivalRate = 0, duration = 0 }) =>
        sum + (arrivalCount || Math.round(arrivalRate * secondsOf(duration))),
      0,
    ),
    lagLimitMs: chatstorm.lag,
    thresholds: chatstorm.thresholds,
    source,
  };
}

/** What a scenario is called, by its name or the path of its file. */
export function scenarioNameOf(nameOrFile: string): string {
  return nameOrFile.replace(/^.*\//, '').replace(/\.(ya?ml|[cm]?[jt]s)$/, '');
}

/** A phase's duration as Artillery reads it: seconds, or a text with a unit. */
export function secondsOf(duration: number | string): number {
  const text = String(duration).trim();
  return DURATION.test(text) ? durationMs(text) / 1000 : Number(text) || 0;
}

function workloadOf(
  { probes, matrix, recovery, faults, personas, capacity }: ScenarioFile['chatstorm'],
  dialect: Dialect,
): Scenario['workload'] {
  if (probes) {
    return { kind: 'probes', ...probes, rooms: hasRooms(dialect) ? probes.rooms : 1, faults, personas, capacity };
  }
  if (recovery) return { kind: 'recovery', ...recovery };
  const { transports } = dialect;
  const orders = (matrix as MatrixConfig).orders.filter((order) =>
    clientOrders[order].transports.every((transport) => !transports || transports.includes(transport)),
  );
  return { kind: 'matrix', ...(matrix as MatrixConfig), orders };
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
