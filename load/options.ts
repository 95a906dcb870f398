import type { Overrides } from '../scenarios/scenario.ts';

/** What `chatstorm load` was told, as it was typed. */
export interface LoadOptions extends Omit<Overrides, 'dialect' | 'recovery' | 'quick'> {
  /** Of the server's sessions: on, off, or one run with and one without. */
  readonly recovery?: string | undefined;
  readonly quick?: boolean;
  readonly dialect?: string;
  readonly seed?: string;
  readonly out?: string;
  readonly target?: string;
  readonly iOwn?: string;
  readonly crowd: boolean;
}
