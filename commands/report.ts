import { join } from 'node:path';
import { UsageError } from '../base/errors.ts';
import { foldInBounds } from '../load/folder/bounded-fold.ts';
import { files } from '../load/folder/run-folder.ts';
import { exitCode, exitCodes, worstExitCode } from '../measure/judge/exit-codes.ts';
import type { RunRecord } from '../measure/run-record/run-record.ts';
import { withFindings } from '../reports/findings/all-findings.ts';
import { summary } from '../reports/terminal/summary.ts';
import { print, say, sayError, terminal } from './terminal-output.ts';
import { writeResults } from './write-results.ts';

interface ReportFlags {
  readonly collect?: boolean;
  readonly redis?: string;
  readonly secret?: string;
}

/** Builds a run's record and report again from what its folder holds, and what its workers still have where that is wanted. */
export async function report(folder: string, { collect, redis, secret }: ReportFlags): Promise<void> {
  if (collect) {
    if (redis === undefined || !secret)
      throw new UsageError(
        'COMMAND_LINE',
        '--collect needs --redis URL, and --secret or CHATSTORM_SECRET.',
        '--collect',
      );
    const { collectShards } = await import('../load/workers/collect-shards.ts');
    await collectShards(folder, { redis, secret }, (whole, of) => say(`${whole} of ${of} shards have arrived.`));
  }
  const record = withFindings(await foldInBounds(folder));
  const isWritten = await conclude(folder, record);
  const code = exitCode(record.verdict, record.interruptedBy);
  process.exitCode = isWritten ? code : worstExitCode([code, exitCodes.usage]);
}

/** Prints what a run came to, then writes its record and its report; says what cannot be written, and whether all was. */
export async function conclude(folder: string, record: RunRecord): Promise<boolean> {
  print(summary(record, join(folder, files.report), terminal));
  try {
    await writeResults(folder, record);
    return true;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    sayError(`${error.message} Then rebuild it with:`, `npx chatstorm report ${folder}`);
    return false;
  }
}
