/** Loaded into Artillery beside the leash: what the conductor tells the crowd goes on to Artillery's worker threads. */

import { BroadcastChannel, isMainThread } from 'node:worker_threads';
import { CROWD_CHANNEL } from './messages.ts';

if (isMainThread && process.channel) {
  const workers = new BroadcastChannel(CROWD_CHANNEL);
  workers.unref();
  process.on('message', (message) => workers.postMessage(message));
  process.channel.unref();
}
