import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { UsageError } from '../base/errors.ts';
import { fileProblem } from '../base/file-problem.ts';
import { readTextFile } from '../base/read-text-file.ts';

const folder = fileURLToPath(new URL('.', import.meta.url));

/** The shipped scenarios, by name, in the order in which they are run. */
export function scenarioNames(): string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.yml'))
    .map((file) => file.replace('.yml', ''))
    .sort();
}

/** The scenarios that need more than npm installs, or minutes, or that are about one setting of the server: they are run where they are asked for. */
const needMore: ReadonlySet<string> = new Set(['capacity', 'recovery', 'rollout']);

/** The scenarios that are run where none is named. */
export function usualScenarios(): string[] {
  return scenarioNames().filter((name) => !needMore.has(name));
}

/** A scenario as it is written, and the file it stands in. */
export interface WrittenScenario {
  /** YAML, or the data itself. */
  readonly text: string | object;
  readonly file: string;
  /** What it was asked for by. */
  readonly asked: string;
}

/**
 * A scenario by its name, by the path of a .yml or .ts file, or itself. Rejects with a UsageError. A .ts file exports it as
 * `scenario`.
 */
export async function findScenario(scenario: string | object): Promise<WrittenScenario> {
  if (typeof scenario === 'object') return { text: scenario, file: 'scenario', asked: 'SCENARIO' };
  if (!/\.[cm]?[jt]s$/.test(scenario)) return { ...readScenario(scenario), asked: scenario };
  const refuse = (message: string) => new UsageError('SCENARIO', message, scenario);
  let module: { scenario?: unknown };
  try {
    module = await import(pathToFileURL(resolve(scenario)).href);
  } catch (error) {
    throw refuse(`Cannot load the scenario ${scenario}: ${(error as Error).message}`);
  }
  if (typeof module.scenario !== 'object' || module.scenario === null)
    throw refuse(`Expected ${scenario} to export a \`scenario\`.`);
  return { text: module.scenario, file: scenario, asked: scenario };
}

/** A scenario's text, and the file it stands in; by name, or by the path of a file. Throws a UsageError. */
export function readScenario(nameOrFile: string): { text: string; file: string } {
  const isFile = /\.ya?ml$/.test(nameOrFile);
  if (!isFile && !scenarioNames().includes(nameOrFile)) {
    const known = scenarioNames().join(', ');
    throw unreadable(
      `Expected a scenario, one of ${known}, or the path of a .yml or .ts file, got ${nameOrFile} (command line)`,
    );
  }
  try {
    const text = readTextFile(isFile ? nameOrFile : `${folder}${nameOrFile}.yml`);
    return { text, file: isFile ? nameOrFile : `scenarios/${nameOrFile}.yml` };
  } catch (error) {
    throw unreadable(`Cannot read the scenario ${nameOrFile}: ${fileProblem(error)} (command line)`);
  }

  function unreadable(message: string): UsageError {
    return new UsageError('COMMAND_LINE', message, nameOrFile);
  }
}
