/**
 * The primary of a Node cluster, a process of the conductor: forks the nodes that it is asked for, passes between them
 * what their adapters say, and to the conductor what they say to it. Nodes end with it.
 */
import cluster from 'node:cluster';
import { closeSync, openSync } from 'node:fs';
import { setupPrimary } from '@socket.io/cluster-adapter';
import type { FromPrimary, ToPrimary } from './messages.ts';

setupPrimary();
// It is there for what it is asked, also while it has no node.
process.channel?.ref();
process.on('message', ({ fork }: ToPrimary) => {
  const { id, main, nodeArgs, env, log } = fork;
  const file = openSync(log, 'a');
  cluster.setupPrimary({ exec: main, args: [], execArgv: [...nodeArgs], stdio: ['ignore', file, file, 'ipc'] });
  const worker = cluster.fork(env);
  closeSync(file);
  tell({ id, pid: worker.process.pid ?? 0 });
  worker.on('message', (said: object) => 'source' in said || tell({ id, said }));
  worker.on('exit', (code, signal) => tell({ id, end: { code, signal } }));
  worker.on('error', () => tell({ id, end: { code: 1, signal: null } }));
});
tell({ ready: true });

function tell(message: FromPrimary): void {
  process.send?.(message);
}
