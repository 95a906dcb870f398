import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { UsageError } from '../../base/errors.ts';
import { fileProblem } from '../../base/file-problem.ts';
import type { Dialect } from '../../bots/dialect.ts';
import { parseDialect, parseScenario, type Scenario } from '../../scenarios/scenario.ts';
import { readScenario } from '../../scenarios/scenario-files.ts';
import { scenarioOptionNames, scenarioOptions } from '../../scenarios/scenario-options.ts';
import { layOutScenario } from './layout-scenario.ts';
import type { LoadOptions } from './load-options.ts';
import { repeatWords } from './repeat-command.ts';
import { checkTarget } from './target.ts';

/** What is to be run. Nothing in it is decided later. */
export interface RunRequest {
  readonly id: string;
  readonly scenario: Scenario;
  /** Undefined for the embedded reference server. */
  readonly target: URL | undefined;
  /** Crowd users; 0 for none. */
  readonly users: number;
  readonly seed: string;
  /** The command that repeats the run, word by word. */
  readonly command: readonly string[];
  readonly folder: string;
}

/**
 * The runs of scenarios (names or files), each of them `repeat` times. Throws a UsageError that says what cannot be run;
 * nothing has been opened or started then.
 */
export function requestsOf(names: readonly string[], options: LoadOptions, repeat: number): RunRequest[] {
  const target = options.target === undefined ? undefined : checkTarget(options.target, options.iOwn);
  if (target) refuseEmbeddedOptions(options);
  const dialect = dialectOf(options.dialect);
  const recoveries = recoveriesOf(options.recovery);
  const persona = options.persona && resolve(options.persona);
  const variants = names.flatMap((name) => recoveries.map((recovery) => ({ name, recovery })));
  return variants.flatMap(({ name, recovery }) => {
    const { text, file } = readScenario(name);
    const dialectForTarget = target && 'plain';
    const scenario = parseScenario(text, file, { ...options, dialect, dialectForTarget, recovery, persona });
    if (target) refuseTlsBehindProxy(scenario, target);
    const users = options.crowd ? scenario.users : 0;
    return Array.from({ length: repeat }, (_, i): RunRequest => {
      const id = randomUUID().slice(0, 8);
      const nth = [
        ...(names.length > 1 ? [scenario.name] : []),
        ...(recoveries.length > 1 ? [`recovery-${recovery}`] : []),
        ...(repeat > 1 ? [String(i + 1)] : []),
      ];
      const folder = options.out
        ? join(options.out, ...nth)
        : join('reports', 'runs', `${stamp()}-${scenario.name}-${id}`);
      const seed = options.seed ?? id;
      const command = repeatWords(name, { ...options, recovery }, seed);
      return { id, scenario, target, users, seed, command, folder: resolve(folder) };
    });
  });
}

/** Some options act on the embedded server, which is not there with a target. Throws a UsageError. */
function refuseEmbeddedOptions(options: LoadOptions): void {
  const option = scenarioOptionNames.find(
    (name) => options[name] !== undefined && scenarioOptions[name].needsEmbeddedServer,
  );
  if (!option) return;
  const message = `--${option} acts on the embedded server and cannot be used with --target. Leave one of them out (command line)`;
  throw new UsageError('COMMAND_LINE', message, `--${option}`);
}

/** With which session recovery to run; undefined for the scenario's own. Throws a UsageError. */
function recoveriesOf(option: string | undefined): readonly (string | undefined)[] {
  if (option === undefined) return [undefined];
  if (option === 'both') return ['on', 'off'];
  if (option === 'on' || option === 'off') return [option];
  const message = `Expected --recovery to be on, off or both, got ${option} (command line)`;
  throw new UsageError('COMMAND_LINE', message, '--recovery');
}

/** The proxy cannot look into TLS. Throws a UsageError where it would have to. */
function refuseTlsBehindProxy(scenario: Scenario, target: URL): void {
  if (target.protocol !== 'https:' || layOutScenario(scenario, '', false).networks.length === 0) return;
  const message = `The scenario ${scenario.name} needs an http target, got ${target.origin}: its faults are made by a proxy that cannot look into TLS. Give the address behind the TLS, such as http://127.0.0.1:3000.`;
  throw new UsageError('TARGET_REFUSED', message, target.origin);
}

/** The dialect of a .yml file; a name is left for the scenario to look up. */
function dialectOf(nameOrFile: string | undefined): string | Dialect | undefined {
  if (nameOrFile === undefined || !/\.ya?ml$/.test(nameOrFile)) return nameOrFile;
  return parseDialect(readDialect(nameOrFile), nameOrFile);
}

function readDialect(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError('DIALECT', `Cannot read the dialect ${file}: ${fileProblem(error)}.`, file);
  }
}

function stamp(): string {
  return new Date().toISOString().slice(0, 19).replaceAll(':', '-');
}
