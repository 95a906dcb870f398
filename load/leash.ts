/**
 * Loaded into every child before anything else (`node --import`): ties it to the conductor. The channel to the conductor
 * closes when the conductor ends, however it ends; the child is then told to end, and killed where it does not.
 */
import { isMainThread } from 'node:worker_threads';

const PATIENCE_MS = 2000;

if (isMainThread && process.channel) {
  process.once('disconnect', () => {
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), PATIENCE_MS);
    process.kill(process.pid, 'SIGTERM');
  });
  process.channel.unref();
}
