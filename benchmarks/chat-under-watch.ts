/** The reference chat as a process that is watched from outside, and a neighbour who chats on while something is done to it. */

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../server/main.ts', import.meta.url));
const neighbourMain = fileURLToPath(new URL('neighbour.ts', import.meta.url));
/** Tells the heap as it is after a collection, whenever it is asked. */
const tellsHeap = `data:text/javascript,process.on("SIGUSR2",()=>{gc();process.send({heap:process.memoryUsage().heapUsed})})`;

/** A chat server under watch. */
export interface WatchedChat {
  readonly url: string;
  readonly isAlive: () => boolean;
  /** Bytes in use after a collection. */
  heap(): Promise<number>;
  rss(): number;
  descriptors(): number;
  vitals(): Promise<{ readonly evicted: number; readonly failures: object; readonly clients: number }>;
  close(): Promise<void>;
}

export async function startChat(options: object = {}): Promise<WatchedChat> {
  const given = { port: 0, page: false, ...options };
  const child = fork(main, {
    env: { ...process.env, CHATSTORM_SERVER: JSON.stringify(given) },
    execArgv: ['--expose-gc', '--import', tellsHeap],
  });
  const [{ ready: url }] = (await once(child, 'message')) as [{ ready: string }];
  return {
    url,
    isAlive: () => child.exitCode === null && child.signalCode === null,
    heap: async () => {
      child.kill('SIGUSR2');
      const [{ heap }] = (await once(child, 'message')) as [{ heap: number }];
      return heap;
    },
    rss: () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) * 1024,
    descriptors: () => readdirSync(`/proc/${child.pid}/fd`).length,
    vitals: async () => (await fetch(`${url}/vitals`)).json() as never,
    close: () => end(child),
  };
}

/** How long acks took the neighbour since it was last asked, ms. */
export interface NeighbourTimes {
  readonly acks: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

export interface Neighbour {
  times(): Promise<NeighbourTimes>;
  close(): Promise<void>;
}

/** In a process of its own, so that its times are the server's. */
export async function startNeighbour(url: string): Promise<Neighbour> {
  const child = fork(neighbourMain, [url]);
  await once(child, 'message');
  return {
    times: async () => {
      child.send('times');
      const [times] = (await once(child, 'message')) as [NeighbourTimes];
      return times;
    },
    close: () => end(child),
  };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill();
  await once(child, 'exit');
}
