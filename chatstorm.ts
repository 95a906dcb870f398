#!/usr/bin/env node
/** The command line: reads argv and env, prints, and exits. */

import { mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command, CommanderError, Option } from 'commander';
import { PersonaError } from './bots/persona.ts';
import { conduct, TargetUnreachableError } from './load/conductor.ts';
import type { LoadOptions } from './load/options.ts';
import { loadPersonas } from './load/personas.ts';
import { planRun, type RunRequest } from './load/plan.ts';
import { requestsOf } from './load/request.ts';
import { files, foldRunFolder, RunFolderError, readRuns, writeWhole } from './load/run-folder.ts';
import { RunShelf } from './load/run-shelf.ts';
import { TargetRefusedError } from './load/target.ts';
import { anyWorse, compareRuns } from './measure/compare.ts';
import type { RunRecord } from './measure/run-record.ts';
import { exitCode, exitCodes, worstExitCode } from './measure/verdict.ts';
import { comparisonTable } from './reports/comparison.ts';
import { LiveLine } from './reports/live-line.ts';
import { planSheet } from './reports/plan-sheet.ts';
import type { ReportsServer } from './reports/serve/server.ts';
import { painted, summary, unpainted } from './reports/terminal.ts';
import { verdictTable } from './reports/verdict-table.ts';
import { scenarioNames } from './scenarios/catalogue.ts';
import { ScenarioError } from './scenarios/scenario.ts';

interface LoadFlags extends LoadOptions {
  readonly repeat: string;
  readonly dryRun?: boolean;
  readonly live: boolean;
  readonly open?: boolean;
}

const paint = process.stdout.isTTY && !process.env.NO_COLOR ? painted : unpainted;

const program = new Command('chatstorm')
  .description('Load and resilience testing for Socket.IO chat')
  .version(JSON.parse(readFileSync(new URL('./package.json', import.meta.url), 'utf8')).version)
  .exitOverride()
  .showHelpAfterError('See chatstorm --help, or chatstorm COMMAND --help.')
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
  .option('--quick', 'each scenario in a short form, as a check for pull requests')
  .option('--recovery <mode>', "reconnect: with the server's connection state recovery on, off, or both, a run each")
  .option('--outage <time>', 'reconnect: how long the killed server stays away, such as 20s')
  .option('--persona <file>', 'reconnect: a persona of your own instead of the usual ones')
  .option('--seed <text>', 'what the schedule and the texts are drawn from')
  .option('--out <dir>', 'the folder of the run (by default a new one in reports/runs)')
  .option('--repeat <n>', 'run each scenario so many times, to compare', '1')
  .option('--i-own <host>', 'load a target that is not this machine; name its host')
  .option('--no-live', 'no page to watch the run on while it goes on')
  .option('--open', 'open that page in the browser')
  .option('--dry-run', 'show what would be run, and run nothing')
  .addHelpText(
    'after',
    `
Examples:
  $ chatstorm load                                   every scenario, against the reference chat
  $ chatstorm load broadcast --users 200 --rate 20/s
  $ chatstorm load broadcast --target http://127.0.0.1:3000
  $ chatstorm load broadcast --target https://chat.example.com --i-own chat.example.com --dialect my-chat.yml
  $ chatstorm load reconnect --recovery both
  $ chatstorm load --quick
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

program
  .command('reports')
  .description('show all runs in a folder: a list with trends, their reports, and what goes on at the moment')
  .argument('[folder]', 'the folder with the runs in it', 'reports/runs')
  .option('--port <n>', 'the port; any that is free by default', '0')
  .option('--host <address>', 'the address to listen on; whoever reaches it can read the runs', '127.0.0.1')
  .addHelpText('after', '\nExamples:\n  $ chatstorm reports\n  $ chatstorm reports before --port 4000')
  .action(reports);

program
  .command('compare')
  .description('hold runs against runs: what got better, what got worse, and what is chance')
  .argument('<base>', 'runs to compare with: folders or run.json files, several separated by commas')
  .argument('<new>', 'runs to compare, likewise')
  .addOption(
    new Option(
      '--fail-on <what>',
      'exit with 99 where a headline metric is worse, with 3 where nobody can tell',
    ).choices(['worse']),
  )
  .addHelpText(
    'after',
    `
Examples:
  $ chatstorm load broadcast --repeat 5 --out before
  $ chatstorm load broadcast --repeat 5 --out after
  $ chatstorm compare before after
  $ chatstorm compare reports/runs/A,reports/runs/B reports/runs/C/run.json --fail-on worse`,
  )
  .action(compare);

// Whoever reads along may stop reading; the run goes on.
process.stdout.on('error', () => {});

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = explain(error);
}

async function load(names: string[], flags: LoadFlags): Promise<void> {
  const requests = requestsOf(names.length > 0 ? names : scenarioNames(), flags, repeats(flags.repeat));
  if (flags.dryRun) {
    for (const request of requests) console.log(sheetOf(request));
    return;
  }
  for (const { scenario } of requests) {
    if (scenario.troupe.kind === 'probes') await loadPersonas(scenario.troupe.personas?.who ?? []);
  }
  const pages = flags.live ? await openPages(requests) : undefined;
  const ends: RunEnd[] = [];
  try {
    for (const request of requests) {
      ends.push(await run(request, pages, flags.open === true && ends.length === 0));
      if (ends.at(-1)?.code === exitCodes.SIGINT || ends.at(-1)?.code === exitCodes.SIGTERM) break;
    }
  } finally {
    await pages?.close();
  }
  if (ends.length > 1)
    await concludeAll(
      ends.flatMap(({ record }) => record ?? []),
      flags.out,
    );
  process.exitCode = worstExitCode(ends.map(({ code }) => code));
}

/** The pages of runs that are about to be made; none where no port can be had, since the runs matter more. */
async function openPages(requests: readonly RunRequest[]): Promise<ReportsServer | undefined> {
  const { serveReports } = await import('./reports/serve/server.ts');
  const shelf = RunShelf.of(new Map(requests.map((request) => [pageName(request), request.folder])));
  try {
    return await serveReports(shelf);
  } catch (error) {
    console.error(`The runs cannot be watched: ${(error as Error).message}`);
    return undefined;
  }
}

function pageName({ scenario, id }: RunRequest): string {
  return `${scenario.name}-${id}`;
}

function repeats(text: string): number {
  const times = Number(text);
  if (Number.isInteger(times) && times >= 1 && times <= 1000) return times;
  throw new ScenarioError(`Expected --repeat to be a number of runs such as 5, got ${text} (command line)`);
}

/** What a run came to; without a record where it was interrupted before it began. */
interface RunEnd {
  readonly code: number;
  readonly record?: RunRecord;
}

/** One run from start to report. */
async function run(request: RunRequest, pages: ReportsServer | undefined, open: boolean): Promise<RunEnd> {
  const live = new LiveLine(process.stdout, paint);
  let interrupted: 'SIGINT' | 'SIGTERM' | undefined;
  console.log(sheetOf(request));
  if (pages) {
    pages.follow(pageName(request));
    await announce(pages.urlOf(pageName(request)), open);
  }
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
    return { code: await conclude(request.folder, record), record };
  } catch (error) {
    live.close();
    if (interrupted) {
      console.log('Interrupted before the run had started: nothing was measured.');
      return { code: exitCodes[interrupted] };
    }
    throw error;
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}

async function announce(url: string, open: boolean): Promise<void> {
  console.log(`  live      ${url}`);
  if (!open) return;
  const { openAddress } = await import('./reports/serve/opener.ts');
  await openAddress(url).catch((error: Error) => console.error(`The page could not be opened: ${error.message}`));
}

/** Writes the report and prints what the run came to; its exit code. */
async function conclude(folder: string, record: RunRecord): Promise<number> {
  // Bundling the page is the one slow import: only those who need it pay for it.
  const { renderReport } = await import('./reports/report.ts');
  writeWhole(folder, files.report, await renderReport([record]));
  console.log(summary(record, join(folder, files.report), paint));
  return exitCode(record.verdict, record.interruptedBy);
}

/** Prints the verdicts of several runs, and writes one page with all of them. */
async function concludeAll(records: readonly RunRecord[], out: string | undefined): Promise<void> {
  console.log(verdictTable(records, paint));
  if (records.length < 2) return;
  const { renderReport } = await import('./reports/report.ts');
  const stamp = new Date().toISOString().slice(0, 19).replaceAll(':', '-');
  const folder = resolve(out ?? join('reports', 'runs', `${stamp}-all`));
  mkdirSync(folder, { recursive: true });
  writeWhole(folder, files.report, await renderReport(records));
  console.log(`All runs: ${join(folder, files.report)}`);
}

async function reports(folder: string, options: { port: string; host: string }): Promise<void> {
  const { serveReports } = await import('./reports/serve/server.ts');
  const port = portOf(options.port);
  const server = await serveReports(RunShelf.in(folder), { host: options.host, port }).catch((error: Error) => {
    throw new ScenarioError(`Expected to be able to listen at ${options.host}, port ${port}: ${error.message}`);
  });
  console.log(`The runs in ${folder} are shown at ${server.url}`);
  const stop = () => void server.close();
  process.once('SIGINT', stop).once('SIGTERM', stop);
}

function compare(base: string, next: string, flags: { failOn?: 'worse' }): void {
  const comparison = compareRuns(readRuns(base), readRuns(next));
  console.log(comparisonTable(comparison, paint));
  if (!flags.failOn) return;
  const worse = anyWorse(comparison);
  process.exitCode = worse === undefined ? exitCodes.notBelieved : worse ? exitCodes.failed : exitCodes.pass;
}

function sheetOf(request: RunRequest): string {
  return planSheet(planRun(request, request.target?.origin, new Date().toISOString()));
}

async function chat(options: { port: string; host: string }): Promise<void> {
  process.env.PORT = String(portOf(options.port));
  process.env.HOST = options.host;
  await import('./server/main.ts');
}

function portOf(text: string): number {
  if (/^\d+$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new ScenarioError(`Expected --port to be a port such as 3000, got ${text} (command line)`);
}

/** Says what went wrong, in a sentence where somebody can do something about it; the exit code. */
function explain(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.pass : exitCodes.usage;
  const isUsage = [PersonaError, ScenarioError, TargetRefusedError, RunFolderError].some(
    (usage) => error instanceof usage,
  );
  if (error instanceof Error && (isUsage || error instanceof TargetUnreachableError)) {
    console.error(error.message);
    return isUsage ? exitCodes.usage : exitCodes.unreachable;
  }
  console.error(error);
  return exitCodes.bug;
}
