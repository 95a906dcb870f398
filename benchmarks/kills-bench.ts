import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parse, stringify } from 'yaml';
import { childrenOf, processesWritingTo, root } from '../test/support/chatstorm.ts';

const roles = ['server', 'proxy', 'probes', 'crowd'] as const;
const LIMIT_MS = 90_000;

interface Watched {
  readonly folder: string;
  /** The child, once it has been started. */
  readonly pid: () => number | undefined;
}

/** When a child is killed; each waits until it is so. Times are of the run. */
const phases: Readonly<Record<string, (run: Watched) => Promise<boolean>>> = {
  'its birth': ({ pid }) => when(() => pid() !== undefined),
  'its first steps': async ({ pid }) => (await when(() => pid() !== undefined)) && pause(400).then(() => true),
  'the start signal': ({ folder }) => when(() => fileIn(folder, 'start.json') !== ''),
  'the warm-up': ({ folder }) => when(() => secondOf(folder) >= 0),
  'the measured interval': ({ folder }) => when(() => secondOf(folder) >= 4),
  'a fault': ({ folder }) => when(() => fileIn(folder, 'proxy-0-0.ndjson').includes('"faultOn"')),
  'the drain': ({ folder }) => when(() => secondOf(folder) >= lastMeasuredIn(folder)),
  'the end': ({ folder }) => when(() => fileIn(folder, 'conductor-0-0.ndjson').includes('"ended"')),
};

export interface Kill {
  readonly role: string;
  readonly phase: string;
  readonly code: number | null;
  readonly problem: string | undefined;
}

/** Kills each child at each phase of a run of its own; what is wrong with how the run ended, if anything is. */
export async function killEveryChild(told: (line: string) => void): Promise<Kill[]> {
  const folder = mkdtempSync(join(tmpdir(), 'chatstorm-kills-'));
  const scenario = join(folder, 'kills.yml');
  const { config, scenarios, chatstorm } = parse(readFileSync(join(root, 'test/scenarios/outages.yml'), 'utf8'));
  const { personas: _, quick: _quick, ...rest } = chatstorm;
  const faults = [{ name: 'blackhole', links: [{ kind: 'blackhole' }], for: '3s', rest: '3s' }];
  const arrivals = [{ ...config.phases[0], arrivalCount: 5 }];
  const changed = {
    config: { ...config, phases: arrivals },
    scenarios,
    chatstorm: { ...rest, faults, thresholds: [] },
  };
  writeFileSync(scenario, stringify(changed));
  const kills: Kill[] = [];
  try {
    for (const phase of Object.keys(phases)) {
      for (const role of roles) {
        const kill = await killOne(scenario, join(folder, `${role}-${kills.length}`), role, phase);
        told(`${role} at ${phase}: exit ${kill.code}${kill.problem ? `, ${kill.problem}` : ''}`);
        kills.push(kill);
      }
    }
    return kills;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function killOne(scenario: string, folder: string, role: string, phase: string): Promise<Kill> {
  const run = chatstorm('load', scenario, '--no-live', '--out', folder);
  const ended = exitOf(run);
  const pid = () => childrenOf(folder).find((child) => child.role === role)?.pid;
  const came = await Promise.race([phases[phase]!({ folder, pid }), ended.then(() => false)]);
  const victim = pid();
  if (!came || victim === undefined) {
    run.kill('SIGKILL');
    return { role, phase, code: await ended, problem: 'the phase never came' };
  }
  try {
    process.kill(victim, 'SIGKILL');
  } catch {
    // It has ended by itself, as at the end.
  }
  const code = await Promise.race([ended, pause(LIMIT_MS, -1)]);
  const isRight = phase === 'the end' ? [0, 3, 99].includes(code ?? -1) : code === 3;
  const orphans = await orphansOf(folder);
  const rebuilt = await exitOf(chatstorm('report', folder));
  const problem = !isRight
    ? `exit ${code}`
    : orphans.length > 0
      ? `orphans ${orphans.join(', ')}`
      : rebuilt !== code
        ? `its report exits with ${rebuilt}`
        : undefined;
  return { role, phase, code, problem };
}

function chatstorm(...args: string[]): ChildProcess {
  return spawn(process.execPath, [join(root, 'chatstorm.ts'), ...args], { stdio: 'ignore' });
}

function exitOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => child.once('exit', (code) => resolve(code)));
}

/** Processes that still have a file of the folder open, after they had a moment to end. */
async function orphansOf(folder: string): Promise<string[]> {
  for (let i = 0; i < 20 && processesWritingTo(folder).length > 0; i++) await pause(100);
  return processesWritingTo(folder);
}

/** The latest second that the probes have written. */
function secondOf(folder: string): number {
  const seconds = [...fileIn(folder, 'probes-0-0.ndjson').matchAll(/^\{"at":(\d+),/gm)].map(([, at]) => Number(at));
  return Math.max(-1, ...seconds);
}

/** The last second of the measured interval: what follows is the drain. Far off while there is no plan. */
function lastMeasuredIn(folder: string): number {
  const plan = fileIn(folder, 'plan.json');
  if (plan === '') return Number.POSITIVE_INFINITY;
  const { warmup, measure } = JSON.parse(plan).phases;
  return warmup + measure - 1;
}

function fileIn(folder: string, file: string): string {
  try {
    return readFileSync(join(folder, file), 'utf8');
  } catch {
    return '';
  }
}

async function when(isSo: () => boolean): Promise<true> {
  while (!isSo()) await pause(20);
  return true;
}
