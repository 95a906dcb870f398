/** Runs chatstorm as its users do: as a process. */

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { compileCache } from '../../base/installation.ts';
import type { RunRecord } from '../../measure/run-record/run-record.ts';

export const root = fileURLToPath(new URL('../..', import.meta.url));
export const shortScenario = join(root, 'test', 'scenarios', 'short.yml');

const folders: string[] = [];
const started = new Set<ChildProcess>();

/** A new folder, gone after the tests that call {@link cleanUp}. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'chatstorm-test-'));
  folders.push(folder);
  return folder;
}

export function cleanUp(): void {
  for (const child of started) child.kill('SIGKILL');
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** A command that was started, and what it prints. */
export class Running {
  readonly process: ChildProcess;
  readonly folder: string;
  /** The exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>;
  output = '';

  /** `within` is another command that runs it. */
  constructor(
    args: readonly string[],
    folder: string,
    env: Readonly<Record<string, string>> = {},
    cwd = root,
    within: readonly string[] = [],
  ) {
    this.folder = folder;
    const [program, ...words] = [...within, process.execPath, join(root, 'chatstorm.ts'), ...args];
    this.process = spawn(program!, words, {
      cwd,
      env: { NODE_COMPILE_CACHE: compileCache, ...process.env, NO_COLOR: '1', COLUMNS: '', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    started.add(this.process);
    for (const stream of [this.process.stdout, this.process.stderr]) {
      stream?.on('data', (chunk) => {
        this.output += chunk;
      });
    }
    this.ended = new Promise((resolve) => {
      this.process.once('close', (code, signal) => {
        started.delete(this.process);
        resolve(signal ?? code ?? 0);
      });
    });
  }

  record(): RunRecord {
    return JSON.parse(readFileSync(join(this.folder, 'run.json'), 'utf8'));
  }

  /** The pids of the run's children, by role, once the run has started. */
  async pids(): Promise<Record<'conductor' | 'server' | 'proxy' | 'probes' | 'crowd', number>> {
    await until(() => existsSync(join(this.folder, 'start.json')));
    const processes: { role: string; pid: number }[] = JSON.parse(
      readFileSync(join(this.folder, 'processes.json'), 'utf8'),
    );
    return Object.fromEntries(processes.map(({ role, pid }) => [role, pid])) as never;
  }

  /** Waits until the probes have written down that they sent something in a second of the run. */
  async second(at: number): Promise<void> {
    const sent = new RegExp(
      `^\\{"at":${at},"source":\\{"role":"probes",[^}]*\\},"counters":.*"messages\\.sent[{"]`,
      'm',
    );
    const file = join(this.folder, 'probes-0-0.ndjson');
    await until(() => existsSync(file) && sent.test(readFileSync(file, 'utf8')));
  }
}

/** `chatstorm load` of the short scenario, into a folder of its own. */
export function load(...args: string[]): Running {
  const folder = join(temporaryFolder(), 'run');
  return new Running(['load', shortScenario, '--out', folder, ...args], folder);
}

/** Waits for a condition; throws after half a minute. */
export async function until(condition: () => boolean): Promise<void> {
  for (let i = 0; i < 3000; i++) {
    if (condition()) return;
    await pause(10);
  }
  throw new Error(`Expected within 30 s: ${condition}`);
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/** Everything that a run's folder holds, in one text. */
export function everythingIn(folder: string): string {
  return readdirSync(folder)
    .map((file) => readFileSync(join(folder, file), 'utf8'))
    .join('\n');
}

/** The value of a counter or derived metric. */
export function valueIn(record: RunRecord, key: string): number {
  const metric = record.metrics[key];
  if (!metric || !('value' in metric)) throw new Error(`Expected the record to have ${key}.`);
  return metric.value;
}

/** Why a run is invalid, apart from what a busy machine may cause. */
export function faultsIn({ verdict }: RunRecord) {
  const ofBusyMachines = ['stall', 'busy', 'lag', 'starved'];
  return verdict.breaches.filter(({ gate }) => !ofBusyMachines.includes(gate));
}

/** The sum of the ledger's outcomes. */
export function accountedIn(record: RunRecord): number {
  const outcomes = ['delivered', 'recovered', 'missed', 'lost', 'unknown'];
  return outcomes.reduce((sum, outcome) => sum + valueIn(record, `delivery.${outcome}`), 0);
}

/** The children that a run has started so far. */
export function childrenOf(folder: string): { role: string; pid: number }[] {
  try {
    return JSON.parse(readFileSync(join(folder, 'processes.json'), 'utf8'));
  } catch {
    return [];
  }
}

/** The processes that have a file of a run's folder open. */
export function processesWritingTo(folder: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return (
        /^\d+$/.test(pid) &&
        readdirSync(`/proc/${pid}/fd`).some((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`).startsWith(folder))
      );
    } catch {
      return false;
    }
  });
}
