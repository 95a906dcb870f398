#!/usr/bin/env node
/** The command line: reads argv and env, prints, and exits. */

import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command, CommanderError } from 'commander';
import { conduct, TargetUnreachableError } from './load/conductor.ts';
import { planRun, type RunRequest } from './load/plan.ts';
import { files, foldRunFolder, RunFolderError, writeWhole } from './load/run-folder.ts';
import { checkTarget, TargetRefusedError } from './load/target.ts';
import type { RunRecord } from './measure/run-record.ts';
import { exitCode, exitCodes, worstExitCode } from './measure/verdict.ts';
import { LiveLine } from './reports/live-line.ts';
import { planSheet } from './reports/plan-sheet.ts';
import { painted, summary, unpainted } from './reports/terminal.ts';
import { readScenario, scenarioNames } from './scenarios/catalogue.ts';
import { parseDialect, parseScenario, ScenarioError } from './scenarios/scenario.ts';

interface LoadOptions {
  readonly users?: string;
  readonly rooms?: string;
  readonly rate?: string;
  readonly listeners?: string;
  readonly duration?: string;
  readonly seed?: string;
  readonly out?: string;
  readonly target?: string;
  readonly iOwn?: string;
  readonly dialect?: string;
  readonly crowd: boolean;
  readonly dryRun?: boolean;
}

const paint = process.stdout.isTTY && !process.env.NO_COLOR ? painted : unpainted;

const program = new Command('chatstorm')
  .description('Load and resilience testing for Socket.IO chat')
  .version(JSON.parse(readFileSync(new URL('./package.json', import.meta.url), 'utf8')).version)
  .exitOverride()
  .addHelpText(
    'after',
    '\nExamples:\n  $ chatstorm load\n  $ chatstorm load broadcast --target http://127.0.0.1:3000\n  $ chatstorm chat',
  );

program
  .command('load')
  .description('run scenarios against the reference chat, or against your own server')
  .argument('[scenarios...]', `names (${scenarioNames().join(', ')}) or .yml files; all of them by default`)
  .option('--target <url>', 'the server to load, instead of the embedded reference chat')
  .option('--dialect <name>', 'how to speak its chat: plain, rooms, or a .yml file (with --target: plain)')
  .option('--users <n>', 'crowd users')
  .option('--rooms <n>', 'rooms')
  .option('--rate <rate>', 'messages of each talker, such as 10/s')
  .option('--listeners <n>', 'probes that only listen')
  .option('--duration <time>', 'how long to measure, such as 30s')
  .option('--no-crowd', 'probes only')
  .option('--seed <text>', 'what the schedule and the texts are drawn from')
  .option('--out <dir>', 'the folder of the run (by default a new one in reports/runs)')
  .option('--i-own <host>', 'load a target that is not this machine; name its host')
  .option('--dry-run', 'show what would be run, and run nothing')
  .addHelpText(
    'after',
    `
Examples:
  $ chatstorm load                                   every scenario, against the reference chat
  $ chatstorm load broadcast --users 200 --rate 20/s
  $ chatstorm load broadcast --target http://127.0.0.1:3000
  $ chatstorm load broadcast --target https://chat.example.com --i-own chat.example.com --dialect my-chat.yml
  $ chatstorm load broadcast --dry-run`,
  )
  .action(load);

program
  .command('chat')
  .description('open the reference chat, to talk on by hand or to load from elsewhere')
  .option('--port <n>', 'the port', process.env.PORT ?? '3000')
  .option('--host <address>', 'the address to listen on', process.env.HOST ?? '127.0.0.1')
  .addHelpText('after', '\nExamples:\n  $ chatstorm chat\n  $ chatstorm chat --port 4000')
  .action(chat);

program
  .command('report')
  .description("build a run's run.json and report.html again from its folder")
  .argument('<folder>', 'the folder of a run')
  .addHelpText('after', '\nExamples:\n  $ chatstorm report reports/runs/2026-01-31T12-00-00-broadcast')
  .action(async (folder: string) => {
    process.exitCode = await conclude(folder, foldRunFolder(folder));
  });

// Whoever reads along may stop reading; the run goes on.
process.stdout.on('error', () => {});

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = explain(error);
}

async function load(names: string[], options: LoadOptions): Promise<void> {
  const requests = (names.length > 0 ? names : scenarioNames()).map((name, _, all) =>
    request(name, all.length, options),
  );
  if (options.dryRun) {
    for (const each of requests) console.log(sheetOf(each));
    return;
  }
  const codes: number[] = [];
  for (const each of requests) {
    codes.push(await run(each));
    if (codes.at(-1) === exitCodes.SIGINT || codes.at(-1) === exitCodes.SIGTERM) break;
  }
  process.exitCode = worstExitCode(codes);
}

/** One run from start to report; its exit code. */
async function run(request: RunRequest): Promise<number> {
  const live = new LiveLine(process.stdout, paint);
  let interrupted: 'SIGINT' | 'SIGTERM' | undefined;
  console.log(sheetOf(request));
  const interrupt = (signal: 'SIGINT' | 'SIGTERM') => {
    interrupted = signal;
    handle.interrupt(signal);
  };
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  live.say(`${request.scenario.name} is starting its processes …`);
  const handle = conduct(request, (progress) => live.show(progress));
  try {
    const record = await handle.done;
    live.close();
    return await conclude(request.folder, record);
  } catch (error) {
    live.close();
    if (interrupted) return exitCodes[interrupted];
    throw error;
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}

/** Writes the report and prints what the run came to; its exit code. */
async function conclude(folder: string, record: RunRecord): Promise<number> {
  // Bundling the page is the one slow import: only those who need it pay for it.
  const { renderReport } = await import('./reports/report.ts');
  writeWhole(folder, files.report, await renderReport(record));
  console.log(summary(record, join(folder, files.report), paint));
  return exitCode(record.verdict, record.interruptedBy);
}

function request(name: string, among: number, options: LoadOptions): RunRequest {
  const { text, file } = readScenario(name);
  const target = options.target === undefined ? undefined : checkTarget(options.target, options.iOwn);
  const dialect = options.dialect ?? (target && 'plain');
  const isFile = dialect !== undefined && /\.ya?ml$/.test(dialect);
  const scenario = parseScenario(text, file, {
    ...options,
    dialect: isFile ? parseDialect(readText(dialect), dialect) : dialect,
  });
  const stamp = new Date().toISOString().slice(0, 19).replaceAll(':', '-');
  const out = options.out && (among > 1 ? join(options.out, scenario.name) : options.out);
  const id = randomUUID().slice(0, 8);
  const folder = resolve(out ?? join('reports', 'runs', `${stamp}-${scenario.name}-${id}`));
  const users = options.crowd ? scenario.users : 0;
  return { id, scenario, target, users, seed: options.seed ?? randomUUID().slice(0, 8), folder };
}

function sheetOf(request: RunRequest): string {
  return planSheet(planRun(request, request.target?.origin, new Date().toISOString()));
}

async function chat(options: { port: string; host: string }): Promise<void> {
  process.env.PORT = options.port;
  process.env.HOST = options.host;
  await import('./server/main.ts');
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new ScenarioError(`Expected to be able to read ${file}: ${(error as Error).message}`);
  }
}

/** Says what went wrong, in a sentence where somebody can do something about it; the exit code. */
function explain(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.pass : exitCodes.usage;
  const isUsage =
    error instanceof ScenarioError || error instanceof TargetRefusedError || error instanceof RunFolderError;
  if (isUsage || error instanceof TargetUnreachableError) {
    console.error(error.message);
    return isUsage ? exitCodes.usage : exitCodes.unreachable;
  }
  console.error(error);
  return exitCodes.bug;
}
