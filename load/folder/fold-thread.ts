/** Main of the thread that folds a run's folder of unknown origin: the caller limits its heap and its time. */

import { parentPort, workerData } from 'node:worker_threads';
import { UsageError } from '../../base/errors.ts';
import { type FoldReply, foldFolder, readPlan } from './run-folder.ts';

const { folder } = workerData as { readonly folder: string };
try {
  const { warmup, measure, drain } = readPlan(folder).phases;
  tell({ seconds: warmup + measure + drain });
  tell({ folded: foldFolder(folder) });
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  tell({ refused: error.message });
}

function tell(reply: FoldReply): void {
  parentPort?.postMessage(reply);
}
