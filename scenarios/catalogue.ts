import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ScenarioError } from './scenario-error.ts';

const folder = fileURLToPath(new URL('.', import.meta.url));

/** The scenarios that there are, by name, in the order in which they are run. */
export function scenarioNames(): string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.yml'))
    .map((file) => file.replace('.yml', ''))
    .sort();
}

/** A scenario's text and the file it stands in; by name, or by the path of a file. Throws a ScenarioError. */
export function readScenario(nameOrFile: string): { text: string; file: string } {
  const isFile = /\.ya?ml$/.test(nameOrFile);
  const file = isFile ? nameOrFile : `${folder}${nameOrFile}.yml`;
  if ((isFile || scenarioNames().includes(nameOrFile)) && existsSync(file)) {
    return { text: readFileSync(file, 'utf8'), file: isFile ? nameOrFile : `scenarios/${nameOrFile}.yml` };
  }
  if (isFile) throw new ScenarioError(`Expected a scenario, there is no file ${nameOrFile} (command line)`);
  throw new ScenarioError(
    `Expected a scenario, one of ${scenarioNames().join(', ')}, or the path of a .yml file, got ${nameOrFile} (command line)`,
  );
}
