import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';

const WAIT_MS = 10_000;
const POLL_MS = 20;
/** Ends with the process that started it, however that ends: the kernel closes its input then. */
const ON_A_LEASH = 'redis-server "$@" & cat > /dev/null; kill -TERM $!; wait $!';

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
    const redis = new LabRedis(await freePort());
    await redis.start();
    return redis;
  }

  /** Starts it with the data that it had when it was ended. */
  async start(): Promise<void> {
    const options = ['--port', String(this.#port), '--bind', '127.0.0.1', '--dir', this.#data, '--save', '3600 1'];
    if (spawnSync('redis-server', ['-v'], { stdio: 'ignore' }).error) {
      throw new Error('It needs redis-server, which is not installed here (on Debian: apt-get install redis-server).');
    }
    const started = spawn('/bin/sh', ['-c', ON_A_LEASH, 'sh', ...options], { stdio: ['pipe', 'ignore', 'ignore'] });
    started.stdin.on('error', () => {});
    this.#server = started;
    for (const end = performance.now() + WAIT_MS; performance.now() < end; await pause(POLL_MS)) {
      if (started.exitCode !== null) break;
      if (await accepts(this.#port)) return;
    }
    throw new Error('It needs redis-server, which does not start here.');
  }

  /** Ends it in order: it writes down what it holds. */
  async stop(): Promise<void> {
    const { exitCode, signalCode } = this.#server ?? {};
    if (!this.#server?.pid || exitCode !== null || signalCode !== null) return;
    const ended = once(this.#server, 'exit');
    this.#server.stdin.end();
    await ended;
  }

  async close(): Promise<void> {
    await this.stop();
    rmSync(this.#data, { recursive: true, force: true });
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
