import type { CookieJar } from 'tough-cookie';
import type { Blanks } from '../dialect/dialect.ts';

/** Who a user is to the target. */
export interface Identity {
  /** What of its own fills blanks: columns, credentials, and what its login gave. */
  readonly blanks: Blanks;
  /** Its cookies; undefined where it keeps none. */
  readonly jar: CookieJar | undefined;
}

/** A user without anything of its own. */
export const nobody: Identity = { blanks: {}, jar: undefined };

/** Shorter values are too common in words to be secrets. */
const SHORTEST_SECRET = 4;

/** A text in which nothing secret is left: what a target answers may repeat what it was sent. */
export function redacted(text: string, secrets: Iterable<string>): string {
  let safe = text;
  for (const secret of secrets) if (secret.length >= SHORTEST_SECRET) safe = safe.replaceAll(secret, '***');
  return safe;
}
