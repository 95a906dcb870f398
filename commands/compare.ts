import { existsSync } from 'node:fs';
import { baselinePath, readBaseline } from '../load/folder/baseline-file.ts';
import { readRuns } from '../load/folder/run-folder.ts';
import { anyWorse, type Comparison, compareRuns } from '../measure/compare/compare-runs.ts';
import { exitCodes } from '../measure/judge/exit-codes.ts';
import type { RunRecord } from '../measure/run-record/run-record.ts';
import { comparisonTable } from '../reports/terminal/comparison-table.ts';
import { print, terminal } from './terminal-output.ts';

/** Prints how runs differ from others; lists of folders, files and baselines, separated by commas. */
export function compare(base: string, next: string, flags: { failOn?: 'worse' }): void {
  const comparison = compareRuns(runsIn(base), runsIn(next));
  print(comparisonTable(comparison, terminal));
  if (!flags.failOn) return;
  process.exitCode = worseExitCode(comparison);
}

/** What `--fail-on worse` ends with. */
export function worseExitCode(comparison: Comparison): number {
  const worse = anyWorse(comparison);
  return worse === undefined ? exitCodes.invalid : worse ? exitCodes.failed : exitCodes.pass;
}

function runsIn(paths: string): RunRecord[] {
  const isThere = (path: string) => existsSync(path) || existsSync(baselinePath(path));
  return paths.split(',').flatMap((path) => (isThere(path) ? readBaseline(path) : readRuns(path)));
}
