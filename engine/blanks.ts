import type { Context, Helpers } from './artillery.ts';

/** Whose variables are filled in. */
interface Owner {
  readonly context: Context;
  readonly kit: { readonly helpers: Helpers };
}

/** Gives a value for a user. */
export type Filled = (user: Owner) => unknown;

/** A value of a script, whose `{{ variables }}` are filled in for each user. What has none is the same for all. */
export function filled(value: unknown): Filled {
  if (!JSON.stringify(value ?? null).includes('{{')) return () => value;
  return ({ kit, context }) => kit.helpers.template(value, context);
}
