import type { Finding, FoldedRun } from '../../measure/run-record/run-record.ts';

/** Looks for one thing in a run: what was found, or undefined where there is nothing to be said. */
export type Find = (run: FoldedRun) => Omit<Finding, 'id'> | undefined;

/** What is looked for, by the finding's id. */
export type Finds = Readonly<Record<string, Find>>;
