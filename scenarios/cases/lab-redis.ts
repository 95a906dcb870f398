import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { accepts } from '../../base/accepts.ts';
import { quietPort } from '../../base/quiet-port.ts';

const WAIT_MS = 10_000;
const POLL_MS = 20;
/**
 * Ends with the process that started it, however that ends, since the kernel closes its input then; its data goes with it, unless it is
 * told to keep that. The data's folder is its name.
 */
const ON_A_LEASH = `
trap '' INT
redis-server "$@" &
read -r last
kill -TERM $!
wait $!
[ "$last" = keep ] || rm -rf "$0"
`;

/** A Redis on this machine, which is ended and started again on request. */
export class LabRedis {
  readonly url: string;
  readonly #port: number;
  readonly #data = mkdtempSync(join(tmpdir(), 'chatstorm-redis-'));
  #server: ChildProcessByStdio<Writable, null, null> | undefined;

  private constructor(port: number) {
    this.#port = port;
    this.url = `redis://127.0.0.1:${port}`;
  }

  /** Rejects with an Error that says what is missing where there is no redis-server. */
  static async start(): Promise<LabRedis> {
    const redis = new LabRedis(await quietPort());
    await redis.start();
    return redis;
  }

  /** Starts it with the data that it had when it was ended. */
  async start(): Promise<void> {
    const options = ['--port', String(this.#port), '--bind', '127.0.0.1', '--dir', this.#data, '--save', '3600 1'];
    if (spawnSync('redis-server', ['-v'], { stdio: 'ignore' }).error) {
      throw new Error('It needs redis-server, which is not installed here (on Debian: apt-get install redis-server).');
    }
    const started = spawn('/bin/sh', ['-c', ON_A_LEASH, this.#data, ...options], {
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    started.stdin.on('error', () => {});
    this.#server = started;
    for (const end = performance.now() + WAIT_MS; performance.now() < end; await pause(POLL_MS)) {
      if (started.exitCode !== null) break;
      if (await accepts(new URL(this.url))) return;
    }
    throw new Error('It needs redis-server, which does not start here.');
  }

  /** Ends it in order: it writes down what it holds. */
  stop(): Promise<void> {
    return this.#end('keep\n');
  }

  async close(): Promise<void> {
    await this.#end('');
    rmSync(this.#data, { recursive: true, force: true });
  }

  async #end(last: string): Promise<void> {
    const server = this.#server;
    if (!server?.pid || server.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, 'exit');
    server.stdin.end(last);
    await ended;
  }
}
