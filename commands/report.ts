import { join } from 'node:path';
import { files, foldRunFolder, writeWhole } from '../load/folder/run-folder.ts';
import { exitCode } from '../measure/judge/exit-codes.ts';
import type { RunRecord } from '../measure/run-record/run-record.ts';
import { withFindings } from '../reports/findings/all-findings.ts';
import { summary } from '../reports/terminal/summary.ts';
import { paint } from './terminal-colours.ts';

/** Builds a run's record and report again from what its folder holds. */
export async function report(folder: string): Promise<void> {
  const record = foldRunFolder(folder, withFindings);
  await conclude(folder, record);
  process.exitCode = exitCode(record.verdict, record.interruptedBy);
}

/** Writes a run's report and prints what the run came to. */
export async function conclude(folder: string, record: RunRecord): Promise<void> {
  // Bundling the page is the one slow import: only those who need it pay for it.
  const { renderReport } = await import('../reports/render/render-report.ts');
  writeWhole(folder, files.report, await renderReport([record]));
  console.log(summary(record, join(folder, files.report), paint));
}
