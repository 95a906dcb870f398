/** Values from the environment: `${NAME}` in a text of a file. */

const REFERENCE = /\$\{([A-Za-z_]\w*)\}/g;

/** A file's content with the environment's values in it. */
export interface Expanded {
  readonly value: unknown;
  /** The values that were put in: they are secret. */
  readonly secrets: readonly string[];
  /** Where a variable is named that is not set. */
  readonly missing: readonly { readonly name: string; readonly path: readonly (string | number)[] }[];
}

/** The environment's variables, as the command line hands them on. */
export type Environment = Readonly<Record<string, string | undefined>>;

export function expandEnvironment(value: unknown, environment: Environment): Expanded {
  const secrets = new Set<string>();
  const missing: { name: string; path: (string | number)[] }[] = [];
  const expand = (at: unknown, path: (string | number)[]): unknown => {
    if (typeof at === 'string') {
      return at.replace(REFERENCE, (reference, name: string) => {
        const found = environment[name];
        if (found === undefined) missing.push({ name, path });
        else secrets.add(found);
        return found ?? reference;
      });
    }
    if (Array.isArray(at)) return at.map((item, i) => expand(item, [...path, i]));
    if (typeof at !== 'object' || at === null) return at;
    return Object.fromEntries(Object.entries(at).map(([key, item]) => [key, expand(item, [...path, key])]));
  };
  return { value: expand(value, []), secrets: [...secrets], missing };
}
