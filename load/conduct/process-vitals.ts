import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** What /proc tells of a process. A hung process cannot answer for itself, so this is read from outside. */
export interface ProcessVitals {
  /** CPU time since its start, ms. */
  readonly cpuMs: number;
  readonly rssBytes: number;
  readonly fds: number;
}

/** Undefined where the process is gone, or is a zombie, or there is no /proc. */
export function readProcessVitals(pid: number): ProcessVitals | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
    const ticksMs = (Number(fields[11]) + Number(fields[12])) * MS_PER_TICK;
    const pages = Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]);
    const fds = readdirSync(`/proc/${pid}/fd`).length;
    // The sum over threads forgets those that have ended; ticks do not.
    return { cpuMs: Math.max(threadsMs(pid) ?? 0, ticksMs), rssBytes: pages * PAGE_BYTES, fds };
  } catch {
    return undefined;
  }
}

/** CPU time of all threads by the scheduler, in ns where ticks are of 10 ms; undefined where the system does not tell. */
function threadsMs(pid: number): number | undefined {
  try {
    const tasks = readdirSync(`/proc/${pid}/task`);
    const ns = tasks.map((task) => Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]));
    const sum = ns.reduce((a, b) => a + b, 0) / 1e6;
    return sum > 0 ? sum : undefined;
  } catch {
    return undefined;
  }
}

const MS_PER_TICK = 1000 / systemNumber('CLK_TCK', 100);
const PAGE_BYTES = systemNumber('PAGESIZE', 4096);

function systemNumber(name: string, usual: number): number {
  try {
    return Number(execFileSync('getconf', [name], { encoding: 'utf8', timeout: 1000 })) || usual;
  } catch {
    return usual;
  }
}
