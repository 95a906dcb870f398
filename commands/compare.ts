import { readRuns } from '../load/folder/run-folder.ts';
import { anyWorse, compareRuns } from '../measure/compare/compare-runs.ts';
import { exitCodes } from '../measure/judge/exit-codes.ts';
import { comparisonTable } from '../reports/terminal/comparison-table.ts';
import { paint, print } from './terminal-output.ts';

/** Prints how runs differ from others; lists of folders and files, separated by commas. */
export function compare(base: string, next: string, flags: { failOn?: 'worse' }): void {
  const comparison = compareRuns(readRuns(base), readRuns(next));
  print(comparisonTable(comparison, paint));
  if (!flags.failOn) return;
  const worse = anyWorse(comparison);
  process.exitCode = worse === undefined ? exitCodes.invalid : worse ? exitCodes.failed : exitCodes.pass;
}
