import { UsageError } from '../base/errors.ts';
import { deepestIssues, type Issue, issueSentence } from '../base/validation-sentence.ts';
import type { YamlFile } from './yaml-file.ts';

/** All problems of a file, a line each; those that came by an option are told under its name. */
export function problems(
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
