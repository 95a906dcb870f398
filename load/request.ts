import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Dialect } from '../bots/dialect.ts';
import { readScenario } from '../scenarios/catalogue.ts';
import { parseDialect, parseScenario, type Scenario } from '../scenarios/scenario.ts';
import { ScenarioError } from '../scenarios/scenario-error.ts';
import type { LoadOptions } from './options.ts';
import type { RunRequest } from './plan.ts';
import { repeatWords } from './repeat.ts';
import { stagingOf } from './staging.ts';
import { checkTarget, TargetRefusedError } from './target.ts';

/**
 * The runs to be made of scenarios (names or files), each of them `repeat` times. Throws a ScenarioError or a
 * TargetRefusedError that says what cannot be run; nothing has been opened or started then.
 */
export function requestsOf(names: readonly string[], options: LoadOptions, repeat: number): RunRequest[] {
  const target = options.target === undefined ? undefined : checkTarget(options.target, options.iOwn);
  const dialect = dialectOf(options.dialect ?? (target && 'plain'));
  const recoveries = recoveriesOf(options.recovery, target);
  const persona = options.persona && resolve(options.persona);
  const variants = names.flatMap((name) => recoveries.map((recovery) => ({ name, recovery })));
  return variants.flatMap(({ name, recovery }) => {
    const { text, file } = readScenario(name);
    const scenario = parseScenario(text, file, { ...options, dialect, recovery, persona });
    if (target) checkProxied(scenario, target);
    const users = options.crowd ? scenario.users : 0;
    return Array.from({ length: repeat }, (_, i): RunRequest => {
      const id = randomUUID().slice(0, 8);
      const nth = [
        ...(names.length > 1 ? [scenario.name] : []),
        ...(recoveries.length > 1 ? [`recovery-${onOrOff(recovery)}`] : []),
        ...(repeat > 1 ? [String(i + 1)] : []),
      ];
      const folder = options.out
        ? join(options.out, ...nth)
        : join('reports', 'runs', `${stamp()}-${scenario.name}-${id}`);
      const seed = options.seed ?? id;
      const command = repeatWords(name, { ...options, recovery: onOrOff(recovery) }, seed);
      return { id, scenario, target, users, seed, command, folder: resolve(folder) };
    });
  });
}

/** With which session recovery to run; undefined for the scenario's own. Throws a ScenarioError. */
function recoveriesOf(option: string | undefined, target: URL | undefined): (boolean | undefined)[] {
  if (option === undefined) return [undefined];
  if (target)
    throw new ScenarioError('Expected --recovery without --target: it is that server that turns it on (command line)');
  const recoveries: Readonly<Record<string, boolean[]>> = { on: [true], off: [false], both: [true, false] };
  const known = recoveries[option];
  if (known) return known;
  throw new ScenarioError(`Expected --recovery to be on, off or both, got ${option} (command line)`);
}

function onOrOff(recovery: boolean | undefined): 'on' | 'off' | undefined {
  return recovery === undefined ? undefined : recovery ? 'on' : 'off';
}

/** A proxy cannot look into TLS. Throws a TargetRefusedError where one would have to. */
function checkProxied(scenario: Scenario, target: URL): void {
  if (target.protocol !== 'https:' || stagingOf(scenario, '', false).doors.length === 0) return;
  throw new TargetRefusedError(
    `Expected an http target for ${scenario.name}, whose faults a proxy plays that cannot look into TLS, got ${target.origin}. Give the address behind the TLS, such as http://127.0.0.1:3000.`,
  );
}

/** The dialect of a .yml file; a name is left for the scenario to look up. */
function dialectOf(nameOrFile: string | undefined): string | Dialect | undefined {
  if (nameOrFile === undefined || !/\.ya?ml$/.test(nameOrFile)) return nameOrFile;
  try {
    return parseDialect(readFileSync(nameOrFile, 'utf8'), nameOrFile);
  } catch (error) {
    if (error instanceof ScenarioError) throw error;
    throw new ScenarioError(`Expected to be able to read ${nameOrFile}: ${(error as Error).message}`);
  }
}

function stamp(): string {
  return new Date().toISOString().slice(0, 19).replaceAll(':', '-');
}
