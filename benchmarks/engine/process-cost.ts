/** What a process costs, seen from outside by what Linux says in /proc: the same for every program. */

import { readdirSync, readFileSync } from 'node:fs';

/** The time that all threads of a process have spent on a core so far, in user and system mode, µs. */
export function cpuUs(pid: number): number {
  let ns = 0;
  for (const thread of threadsOf(pid)) ns += onCoreNs(`/proc/${pid}/task/${thread}/schedstat`);
  return ns / 1000;
}

/** The memory of a process that is in RAM, bytes. */
export function residentBytes(pid: number): number {
  const [, kb] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kb) * 1024;
}

function threadsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    throw new Error(`Process ${pid} has ended while its cost was measured.`);
  }
}

/** A thread may have ended since it was listed. */
function onCoreNs(file: string): number {
  try {
    return Number(readFileSync(file, 'utf8').split(' ')[0]);
  } catch {
    return 0;
  }
}
