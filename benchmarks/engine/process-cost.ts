/** What a process costs, seen from outside by what Linux says in /proc: the same for every program. */

import { readdirSync, readFileSync } from 'node:fs';

/** The time that all threads of a process have spent on a core so far, and waiting for one, µs. */
export interface CoreTime {
  readonly onUs: number;
  readonly waitedUs: number;
}

/** User and system mode, helper threads included. */
export function coreTimeOf(pid: number): CoreTime {
  let onNs = 0;
  let waitedNs = 0;
  for (const thread of threadsOf(pid)) {
    const [on = 0, waited = 0] = timesIn(`/proc/${pid}/task/${thread}/schedstat`);
    onNs += on;
    waitedNs += waited;
  }
  return { onUs: onNs / 1000, waitedUs: waitedNs / 1000 };
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
function timesIn(file: string): number[] {
  try {
    return readFileSync(file, 'utf8').split(' ').map(Number);
  } catch {
    return [];
  }
}
