import { join } from 'node:path';
import { files, foldRunFolder, writeWhole } from '../load/run-folder.ts';
import type { RunRecord } from '../measure/run-record.ts';
import { exitCode } from '../measure/verdict.ts';
import { summary } from '../reports/terminal.ts';
import { paint } from './paint.ts';

/** Builds a run's record and report again from what its folder holds. */
export async function report(folder: string): Promise<void> {
  process.exitCode = await conclude(folder, foldRunFolder(folder));
}

/** Writes a run's report and prints what the run came to; its exit code. */
export async function conclude(folder: string, record: RunRecord): Promise<number> {
  // Bundling the page is the one slow import: only those who need it pay for it.
  const { renderReport } = await import('../reports/report.ts');
  writeWhole(folder, files.report, await renderReport([record]));
  console.log(summary(record, join(folder, files.report), paint));
  return exitCode(record.verdict, record.interruptedBy);
}
