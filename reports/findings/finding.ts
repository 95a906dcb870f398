import type { Finding, FoldedRun } from '../../measure/run-record/run-record.ts';

/** Something that was found in a run. */
export interface Found extends Pick<Finding, 'severity' | 'evidence' | 'remedy'> {
  /** In place of the one that its card has; null for none. */
  readonly setting?: string | null;
  /** The fault that shows it best. */
  readonly worst?: FoldedRun['outages'][number] | undefined;
}

/** Looks for one thing in a run: what was found, or undefined where there is nothing to be said. */
export type Find = (run: FoldedRun) => Found | undefined;

/** What is looked for, by the finding's id. */
export type Finds<Id extends string = string> = Readonly<Record<Id, Find>>;
