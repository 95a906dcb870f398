import { readRuns } from '../load/run-folder.ts';
import { anyWorse, compareRuns } from '../measure/compare.ts';
import { exitCodes } from '../measure/verdict.ts';
import { comparisonTable } from '../reports/comparison.ts';
import { paint } from './paint.ts';

/** Prints how runs differ from others; lists of folders and files, separated by commas. */
export function compare(base: string, next: string, flags: { failOn?: 'worse' }): void {
  const comparison = compareRuns(readRuns(base), readRuns(next));
  console.log(comparisonTable(comparison, paint));
  if (!flags.failOn) return;
  const worse = anyWorse(comparison);
  process.exitCode = worse === undefined ? exitCodes.notBelieved : worse ? exitCodes.failed : exitCodes.pass;
}
