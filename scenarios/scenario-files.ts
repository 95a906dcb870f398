import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
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

/** A scenario's text, and the file it stands in; by name, or by the path of a file. Throws a UsageError. */
export function readScenario(nameOrFile: string): { text: string; file: string } {
  const isFile = /\.ya?ml$/.test(nameOrFile);
  if (!isFile && !scenarioNames().includes(nameOrFile)) {
    const known = scenarioNames().join(', ');
    throw unreadable(
      `Expected a scenario, one of ${known}, or the path of a .yml file, got ${nameOrFile} (command line)`,
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
