/**
 * Loaded into every child before anything else (`node --import`), and into its worker threads: ties the child to the
 * conductor, and gives signs of life. The channel to the conductor closes when the conductor ends, however it ends; the
 * child is then told to end, and killed where it does not.
 */
import { isMainThread, threadId } from 'node:worker_threads';
import { UNWRITABLE_EXIT } from '../../measure/metrics/events.ts';
import { UnwritableError } from '../folder/line-writer.ts';
import { PULSE_FOLDER, PULSE_NAME, startPulse } from '../folder/pulse.ts';

const PATIENCE_MS = 2000;

const { [PULSE_FOLDER]: folder, [PULSE_NAME]: name } = process.env;
if (folder && name) startPulse(folder, isMainThread ? name : `${name}-${threadId}`);

// Where what it measures cannot be written down, a child ends with the words why, in its log if there is space for them.
process.on('uncaughtExceptionMonitor', (error) => {
  if (!(error instanceof UnwritableError)) return;
  console.error(error.message);
  process.exit(UNWRITABLE_EXIT);
});

if (isMainThread && process.channel) {
  process.once('disconnect', () => {
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), PATIENCE_MS);
    process.kill(process.pid, 'SIGTERM');
  });
  process.channel.unref();
}
