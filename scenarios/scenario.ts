import type { z } from 'zod';
import { UsageError } from '../base/errors.ts';
import { DURATION, durationMs } from '../base/units.ts';
import { deepestIssues, type Issue, issueSentence } from '../base/validation-sentence.ts';
import { type Dialect, dialectSchema, dialects, hasRooms } from '../bots/dialect.ts';
import { applyOptions, applyQuick } from './apply-options.ts';
import type { ScenarioOptionTexts } from './scenario-options.ts';
import { type MatrixConfig, type ProbesConfig, type ScenarioFile, scenarioSchema } from './scenario-schema.ts';
import { readYaml, type YamlFile } from './yaml-file.ts';

/** A scenario, whole and checked. Nothing in it is optional. */
export interface Scenario {
  readonly name: string;
  readonly about: string;
  readonly dialect: Dialect;
  /** `plain`, `rooms`, or `own`. */
  readonly dialectName: string;
  readonly server: ScenarioFile['chatstorm']['server'];
  /** What the probes do. */
  readonly workload: ({ readonly kind: 'probes' } & ProbesConfig) | ({ readonly kind: 'matrix' } & MatrixConfig);
  /** Crowd users, at most; 0 for none. */
  readonly users: number;
  /** How late messages may be handed over at p99 for a run to be valid, ms. */
  readonly lagLimitMs: number;
  readonly thresholds: readonly string[];
  /** The file as it was written, options included. */
  readonly source: z.input<typeof scenarioSchema>;
}

/** What a command line may change in a scenario. */
export interface Overrides extends ScenarioOptionTexts {
  readonly quick?: boolean | undefined;
  /** A name, or one that was read from a file. */
  readonly dialect?: string | Dialect | undefined;
  /** The dialect where the file names one instead of spelling out its own; `dialect` comes first. */
  readonly dialectForTarget?: string | undefined;
}

/** Reads a scenario from YAML. Throws a UsageError that lists every problem with file and line. */
export function parseScenario(text: string, name: string, overrides: Overrides = {}): Scenario {
  const yaml = readYaml(text, name, 'SCENARIO');
  if (!isMapping(yaml.value)) {
    const got =
      yaml.value === null || yaml.value === undefined ? 'an empty file' : JSON.stringify(yaml.value).slice(0, 60);
    const message = `Expected a scenario with the keys config, scenarios and chatstorm, got ${got} (${yaml.placeOf([])})`;
    throw new UsageError('SCENARIO', message, name);
  }
  const { file, places } = applyOptions(overrides.quick ? applyQuick(yaml.value) : yaml.value, overrides, name);
  const parsed = scenarioSchema.safeParse(file, { reportInput: true });
  if (parsed.success) return resolve(parsed.data, file as Scenario['source'], name, overrides);
  throw problems('SCENARIO', parsed.error.issues, yaml, name, places);
}

/** Reads a dialect from YAML. Throws a UsageError that lists every problem with file and line. */
export function parseDialect(text: string, name: string): Dialect {
  const yaml = readYaml(text, name, 'DIALECT');
  const parsed = dialectSchema.safeParse(yaml.value ?? {}, { reportInput: true });
  if (parsed.success) return parsed.data;
  throw problems('DIALECT', parsed.error.issues, yaml, name, new Map());
}

/** All problems, a line each; those that came by an option are told under its name. */
function problems(
  code: 'SCENARIO' | 'DIALECT',
  issues: readonly Issue[],
  yaml: YamlFile,
  file: string,
  places: ReadonlyMap<string, string>,
): UsageError {
  // A misspelled key is the cause of the missing one.
  const isUnknownKey = ({ code }: Issue) => Number(code === 'unrecognized_keys');
  const all = issues.flatMap(deepestIssues).sort((a, b) => isUnknownKey(b) - isUnknownKey(a));
  const lines = all.map((issue) => {
    const path = issue.path.join('.');
    const option = places.get(path);
    const place = issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0] ?? ''] : issue.path;
    return `${issueSentence(issue, option ?? path)} (${option ? 'command line' : yaml.placeOf(place)})`;
  });
  return new UsageError(code, [...new Set(lines)].join('\n'), file);
}

function resolve(file: ScenarioFile, source: Scenario['source'], path: string, overrides: Overrides): Scenario {
  const { chatstorm, config } = file;
  const isSpelledOut = typeof chatstorm.dialect !== 'string';
  const spoken = overrides.dialect ?? (isSpelledOut ? undefined : overrides.dialectForTarget) ?? chatstorm.dialect;
  const dialect = typeof spoken === 'string' ? dialectNamed(spoken) : spoken;
  return {
    name: path.replace(/^.*\//, '').replace(/\.ya?ml$/, ''),
    about: chatstorm.about,
    dialect,
    dialectName: typeof spoken === 'string' ? spoken : 'own',
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

/** A phase's duration as Artillery reads it: seconds, or a text with a unit. */
function secondsOf(duration: number | string): number {
  const text = String(duration).trim();
  return DURATION.test(text) ? durationMs(text) / 1000 : Number(text) || 0;
}

function dialectNamed(name: string): Dialect {
  if (Object.hasOwn(dialects, name)) return dialects[name as keyof typeof dialects];
  const known = Object.keys(dialects).join(', ');
  throw new UsageError(
    'COMMAND_LINE',
    `Expected --dialect to be ${known} or a .yml file, got ${name} (command line)`,
    '--dialect',
  );
}

function workloadOf(
  { probes, matrix, faults, personas }: ScenarioFile['chatstorm'],
  dialect: Dialect,
): Scenario['workload'] {
  if (probes) {
    return { kind: 'probes', ...probes, rooms: hasRooms(dialect) ? probes.rooms : 1, faults, personas };
  }
  return { kind: 'matrix', ...(matrix as MatrixConfig) };
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
