import type { VirtualUser } from './virtual-user.ts';

/** Gives a value for a user. */
export type Filled = (user: VirtualUser) => unknown;

/** A value of a script, whose `{{ variables }}` are filled in for each user. What has none is the same for all. */
export function filled(value: unknown): Filled {
  if (!JSON.stringify(value ?? null).includes('{{')) return () => value;
  return (user) => user.kit.helpers.template(value, user.context);
}
