import { UsageError } from '../base/errors.ts';
import { type ScenarioOptionTexts, scenarioOptionNames, scenarioOptions } from './scenario-options.ts';

type Json = Record<string, unknown>;

/**
 * Puts options into a scenario file, which has not been checked yet. Returns the changed file, and which path of it came
 * from which option. Throws a UsageError where an option makes no sense for the scenario.
 */
export function applyOptions(
  file: Json,
  texts: ScenarioOptionTexts,
  name: string,
): { file: Json; places: Map<string, string> } {
  const changed = structuredClone(file);
  const places = new Map<string, string>();
  for (const option of scenarioOptionNames) {
    const text = texts[option];
    if (text === undefined) continue;
    const { actsAt, parse } = scenarioOptions[option];
    const path = actsAt(changed);
    if ('lacks' in path) {
      const message = `--${option} applies only to scenarios with ${path.lacks}: ${name} has none (command line)`;
      throw new UsageError('COMMAND_LINE', message, `--${option}`);
    }
    setIn(changed, path, parse(text));
    places.set(path.join('.'), `--${option}`);
  }
  return { file: changed, places };
}

/** Lets a scenario file be as its `quick` says: values replace values, null takes away, `users` is the crowd's. */
export function applyQuick(file: Json): Json {
  const changed = structuredClone(file);
  const chatstorm = asObject(changed.chatstorm);
  const { users, ...rest } = asObject(chatstorm?.quick) ?? {};
  if (chatstorm) merge(chatstorm, rest);
  if (users !== undefined) setIn(changed, ['config', 'phases', 0, 'arrivalCount'], users);
  return changed;
}

function merge(into: Json, changes: Json): void {
  for (const [key, value] of Object.entries(changes)) {
    const [inner, outer] = [asObject(value), asObject(into[key])];
    if (value === null) delete into[key];
    else if (inner && outer) merge(outer, inner);
    else into[key] = value;
  }
}

/** Sets what stands at a path, as far as there are objects and lists on the way; the file's checks complain otherwise. */
function setIn(file: Json, path: readonly (string | number)[], value: unknown): void {
  let at: unknown = file;
  for (const [i, step] of path.slice(0, -1).entries()) {
    if (typeof at !== 'object' || at === null) return;
    const here = at as Record<string | number, unknown>;
    if (here[step] === undefined && typeof path[i + 1] === 'string') here[step] = {};
    at = here[step];
  }
  if (typeof at === 'object' && at !== null) (at as Record<string | number, unknown>)[path.at(-1)!] = value;
}

function asObject(value: unknown): Json | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined;
}
