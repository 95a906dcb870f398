import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { readProcessVitals } from '../load/conduct/process-vitals.ts';
import type { RunRecord } from '../measure/run-record/run-record.ts';
import { root } from '../test/support/chatstorm.ts';
import { startRedis } from '../test/support/redis.ts';
import { shardsHour } from './hour-run.ts';

const SHARDS = 4;
const HOUR_SHARDS = 8;
/** Seconds of a run between which its CPU is measured: code is compiled, which every process does for itself, and nobody goes yet. */
const FROM_S = 40;
const TO_S = 60;

/** What it takes to fold eight shards of an hour. */
export interface FoldCost {
  readonly seconds: number;
  readonly megabytes: number;
  readonly deliveries: number;
}

export function measureShardFold(): FoldCost {
  const folder = mkdtempSync(join(tmpdir(), 'chatstorm-shards-'));
  try {
    for (const { file, text } of shardsHour(HOUR_SHARDS)) writeFileSync(join(folder, file), text);
    const code = `
      import { foldFolder } from ${JSON.stringify(join(root, 'load/folder/run-folder.ts'))};
      const from = performance.now();
      const { metrics } = foldFolder(${JSON.stringify(folder)});
      const deliveries = metrics['delivery.delivered'].value;
      console.log(JSON.stringify({ seconds: (performance.now() - from) / 1000, megabytes: process.resourceUsage().maxRSS / 1024, deliveries }));`;
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', code], {
      encoding: 'utf8',
      timeout: 120_000,
    });
    return JSON.parse(stdout) as FoldCost;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The same load by one process of this machine, and by workers on it. */
export interface SplitCost {
  /** Cores in use while it was measured. */
  readonly whole: number;
  readonly split: number;
  /** Bytes of lines a second and shard. */
  readonly lines: number;
  /** How late shards began, and how far off their clocks may be, ms. */
  readonly startLateMs: number;
  readonly clockBoundMs: number;
}

export async function measureSplit(): Promise<SplitCost> {
  const folder = mkdtempSync(join(tmpdir(), 'chatstorm-split-'));
  const env = { ...process.env, CHATSTORM_SECRET: 'bench', TMPDIR: join(folder, 'tmp') };
  mkdirSync(env.TMPDIR);
  const chat = spawn(process.execPath, [join(root, 'server/main.ts')], {
    env: { ...env, CHATSTORM_SERVER: '{"port":0,"messagesPerSecond":0,"maxConnectionsPerAddress":0,"page":false}' },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const [{ ready }] = (await once(chat, 'message')) as [{ ready: string }];
  const redis = await startRedis();
  const node = (...args: string[]) =>
    spawn(process.execPath, [join(root, 'chatstorm.ts'), ...args], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  const load = (out: string, ...args: string[]) =>
    node(
      ...[
        'load',
        'broadcast',
        '--target',
        ready,
        '--dialect',
        'rooms',
        '--users',
        '800',
        '--rooms',
        '16',
        '--duration',
        '54s',
      ],
      ...['--engine', 'chatstorm', '--no-live', '--seed', 'split', '--out', join(folder, out), ...args],
    );
  const workers = Array.from({ length: SHARDS }, () => node('worker', '--redis', redis.url));
  try {
    await pause(3000);
    const whole = await coresOf(join(folder, 'whole'), [load('whole')], []);
    const running = load('split', '--workers', '--redis', redis.url, '--shards', String(SHARDS));
    const split = await coresOf(join(folder, 'split'), [running], [...workers, redis.process]);
    const record = JSON.parse(readFileSync(join(folder, 'split', 'run.json'), 'utf8')) as RunRecord;
    const files = readdirSync(join(folder, 'split')).filter((file) => /-[1-9]\d*-\d+\.ndjson$/.test(file));
    const bytes = files.reduce((sum, file) => sum + statSync(join(folder, 'split', file)).size, 0);
    return {
      whole,
      split,
      lines: bytes / record.timeline.seconds / SHARDS,
      startLateMs: Math.max(...record.shards.map(({ startLateMs }) => startLateMs ?? 0)),
      clockBoundMs: Math.max(...record.shards.map(({ clockBoundMs }) => clockBoundMs ?? 0)),
    };
  } finally {
    for (const one of [...workers, chat]) one.kill('SIGTERM');
    await Promise.all([...workers, chat].map((one) => one.exitCode ?? once(one, 'exit')));
    await redis.end();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The cores that a run and its helpers use between two of its seconds, children included. */
async function coresOf(
  folder: string,
  runs: readonly ChildProcess[],
  helpers: readonly ChildProcess[],
): Promise<number> {
  const all = [...runs, ...helpers].map(({ pid }) => pid!);
  const cpuMs = () =>
    [...new Set(all.flatMap(treeOf))].reduce((sum, pid) => sum + (readProcessVitals(pid)?.cpuMs ?? 0), 0);
  const ended = once(runs[0]!, 'exit');
  await secondOf(folder, FROM_S);
  const [before, from] = [cpuMs(), performance.now()];
  await secondOf(folder, TO_S);
  const used = (cpuMs() - before) / (performance.now() - from);
  await ended;
  return used;
}

/** Waits until the first probes have written of a second of the run. */
async function secondOf(folder: string, second: number): Promise<void> {
  const files = ['probes-0-0.ndjson', 'probes-1-0.ndjson'].map((file) => join(folder, file));
  for (const end = Date.now() + 90_000; Date.now() < end; await pause(50)) {
    const texts = files.map((file) => (statSync(file, { throwIfNoEntry: false }) ? readFileSync(file, 'utf8') : ''));
    if (texts.some((text) => text.includes(`{"at":${second},`))) return;
  }
  throw new Error(`Expected the run in ${folder} to come to its second ${second}.`);
}

function treeOf(pid: number): number[] {
  try {
    const tasks = readdirSync(`/proc/${pid}/task`);
    const children = tasks.flatMap((task) =>
      readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number),
    );
    return [pid, ...children.flatMap(treeOf)];
  } catch {
    return [];
  }
}
