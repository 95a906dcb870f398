/** A real Redis for a test; tests that need one are skipped, with a sentence, where there is none. */

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { accepts } from '../../base/accepts.ts';
import { quietPort } from '../../base/quiet-port.ts';

/** Whether a program is installed. */
export function isInstalled(program: string): boolean {
  return spawnSync(program, ['-v'], { stdio: 'ignore' }).error === undefined;
}

/** In CI they are not skipped but fail. */
const isCi = process.env.CI === 'true';

export const hasRedis = isCi || isInstalled('redis-server');
export const hasHaproxy = isCi || isInstalled('haproxy') || isInstalled('/usr/sbin/haproxy');

/** What the title of a test says where it is skipped. */
export const ifRedis = hasRedis ? '' : ' (skipped: redis-server is not installed)';

/** A Redis that keeps nothing. */
export interface RunningRedis {
  readonly url: string;
  readonly process: ChildProcess;
  /** Ends it at once, and starts it again without its data. */
  restart(): Promise<void>;
  end(): Promise<void>;
}

/** On a free port of this machine's, at one of its addresses. */
export async function startRedis(host = '127.0.0.1'): Promise<RunningRedis> {
  const port = await quietPort();
  let redis = await launch(host, port);
  const end = async () => {
    const ended = once(redis, 'exit');
    if (redis.exitCode === null && redis.signalCode === null && redis.kill('SIGKILL')) await ended;
  };
  return {
    url: `redis://${host}:${port}`,
    get process() {
      return redis;
    },
    restart: async () => {
      await end();
      redis = await launch(host, port);
    },
    end,
  };
}

async function launch(host: string, port: number): Promise<ChildProcess> {
  const args = ['--port', String(port), '--bind', host, '--protected-mode', 'no', '--save', '', '--appendonly', 'no'];
  const redis = spawn('redis-server', args, { stdio: 'ignore', cwd: '/' });
  while (redis.exitCode === null && !(await accepts(new URL(`redis://${host}:${port}`))))
    await new Promise((resolve) => setTimeout(resolve, 20));
  return redis;
}
