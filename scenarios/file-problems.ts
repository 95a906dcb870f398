import { UsageError } from '../base/errors.ts';
import { deepestIssues, type Issue, issueSentence } from '../base/validation-sentence.ts';
import type { YamlFile } from './yaml-file.ts';

/** All problems of a file, a line each; those that came by an option are told under its name. */
export function problems(
  code: 'SCENARIO' | 'DIALECT' | 'COMMAND_LINE',
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
    const option = optionAt(issue.path, places);
    const place = issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0] ?? ''] : issue.path;
    return `${issueSentence(issue, option ?? path)} (${option ? 'command line' : yaml.placeOf(place)})`;
  });
  return new UsageError(code, [...new Set(lines)].slice(0, MOST_LINES).join('\n'), file);
}

/** A file in which everything is wrong is not wrong in so many ways. */
const MOST_LINES = 50;

/** The option that a path, or what it is a part of, came by. */
function optionAt(path: readonly PropertyKey[], places: ReadonlyMap<string, string>): string | undefined {
  const wholes = path.map((_, at) => path.slice(0, path.length - at).join('.'));
  return wholes.map((whole) => places.get(whole)).find((option) => option !== undefined);
}
