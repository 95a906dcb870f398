import { hostname } from 'node:os';
import { UsageError } from '../base/errors.ts';
import { withFindings } from '../reports/findings/all-findings.ts';
import { say } from './terminal-output.ts';

interface WorkerFlags {
  readonly redis?: string;
  readonly secret?: string;
  readonly name?: string;
  readonly iOwn?: string;
}

/** Waits for parts of loads, and makes them, until it is told to end. */
export async function worker({
  redis,
  secret,
  name = `${hostname()}-${process.pid}`,
  iOwn,
}: WorkerFlags): Promise<void> {
  if (redis === undefined)
    throw new UsageError('COMMAND_LINE', 'A worker finds its work by Redis: add --redis URL.', '--redis');
  if (!secret)
    throw new UsageError(
      'COMMAND_LINE',
      'A worker obeys only orders that are sealed with its secret: add --secret, or set CHATSTORM_SECRET.',
      '--secret',
    );
  const { ShardWorker } = await import('../load/workers/shard-worker.ts');
  const made = await ShardWorker.open({ redis, secret, name, iOwn, addFindings: withFindings, say });
  const told = new Promise<void>((resolve) => {
    process.once('SIGINT', () => resolve()).once('SIGTERM', () => resolve());
  });
  say(`The worker ${name} waits for work.`);
  await told;
  await made.close();
  process.exit(0);
}
