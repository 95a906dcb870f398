import type { Dialect, DialectInput } from '../bots/dialect/dialect.ts';
import type { Identity } from '../bots/identity/user-identity.ts';

/** What a check found. */
export interface Diagnosis {
  /** Stable: the same thing has the same id at every target. */
  readonly id: string;
  /** A `problem` stops a run or makes it wrong; a `note` is worth knowing. */
  readonly severity: 'good' | 'note' | 'problem';
  /** What was seen, in a sentence. */
  readonly seen: string;
  /** What it means for a chat. */
  readonly means: string;
  /** What to do about it; null if there is nothing to do. */
  readonly remedy: string | null;
  /** The part of a dialect that follows from it. */
  readonly dialect?: Partial<DialectInput>;
}

/** Where and how a target is examined. */
export interface Patient {
  /** User info and query included. */
  readonly target: URL;
  readonly dialect: Dialect;
  /** Who asks, once it is known: the dialect's first user, logged in. */
  readonly identity?: Identity;
  /** Texts that may be shown nowhere. */
  readonly secrets: readonly string[];
}
