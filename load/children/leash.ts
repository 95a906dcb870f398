/**
 * Loaded into every child before anything else (`node --import`), and into its worker threads: ties the child to the
 * conductor, and gives signs of life. The channel to the conductor closes when the conductor ends, however it ends; the
 * child is then told to end, and killed where it does not.
 */
import { isMainThread, threadId } from 'node:worker_threads';
import { PULSE_FOLDER, PULSE_NAME, startPulse } from '../folder/pulse.ts';

const PATIENCE_MS = 2000;

const { [PULSE_FOLDER]: folder, [PULSE_NAME]: name } = process.env;
if (folder && name) startPulse(folder, isMainThread ? name : `${name}-${threadId}`);

if (isMainThread && process.channel) {
  process.once('disconnect', () => {
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), PATIENCE_MS);
    process.kill(process.pid, 'SIGTERM');
  });
  process.channel.unref();
}
