import { Worker } from 'node:worker_threads';
import { UsageError } from '../../base/errors.ts';
import { moduleUrl } from '../../base/installation.ts';
import type { FoldedRun } from '../../measure/run-record/run-record.ts';
import type { FoldReply } from './run-folder.ts';

/** For each hour of the run that has begun. */
const TIME_MS = 20_000;
const HEAP_MB = 450;

/**
 * Folds a run's folder that anybody may have written, in a thread of its own, within 20 s for each hour of the run and
 * 500 MB. Rejects with a UsageError that says what is wrong with it.
 */
export async function foldInBounds(folder: string): Promise<FoldedRun> {
  const { promise, resolve, reject } = Promise.withResolvers<FoldedRun>();
  const refuse = (why: string) => reject(new UsageError('RUN_FOLDER', why, folder));
  const tooLong = () =>
    refuse(`Cannot rebuild ${folder}: it takes longer than any run of chatstorm. It may be damaged.`);
  let timer = setTimeout(tooLong, TIME_MS);
  const thread = new Worker(moduleUrl('./fold-thread.ts', import.meta.url), {
    workerData: { folder },
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
  });
  thread.on('message', (reply: FoldReply) => {
    if ('folded' in reply) resolve(reply.folded);
    else if ('refused' in reply) refuse(reply.refused);
    else {
      clearTimeout(timer);
      timer = setTimeout(tooLong, TIME_MS * Math.max(1, Math.ceil(reply.seconds / 3600)));
    }
  });
  thread.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'ERR_WORKER_OUT_OF_MEMORY')
      refuse(`Cannot rebuild ${folder}: it takes more memory than any run of chatstorm. It may be damaged.`);
    else reject(error);
  });
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    await thread.terminate();
  }
}
