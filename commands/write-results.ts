import { lastLikeRun } from '../load/folder/like-run.ts';
import { files, writeRecord, writeWhole } from '../load/folder/run-folder.ts';
import type { RunRecord } from '../measure/run-record/run-record.ts';

/** Writes a run's record and its report into its folder. Throws a UsageError that says what could not be written. */
export async function writeResults(folder: string, record: RunRecord): Promise<void> {
  writeRecord(folder, record);
  // Bundling the page is the one slow import: only those who need it pay for it.
  const { renderReport } = await import('../reports/render/render-report.ts');
  writeWhole(folder, files.report, await renderReport([record], { previous: [lastLikeRun(folder, record)] }));
}
