#!/usr/bin/env node
/** The command line: what can be asked for. Who does it is imported when it is asked for, so help and mistakes are told at once. */

import { readFileSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { compileCache } from './load/compile-cache.ts';
import { exitCodes } from './measure/verdict.ts';
import { scenarioNames } from './scenarios/catalogue.ts';

enableCompileCache(compileCache);

/** What whoever asked can mend, by the codes of our errors: importing their classes would import everything. */
const usageErrors: readonly unknown[] = ['PERSONA', 'SCENARIO', 'TARGET_REFUSED', 'RUN_FOLDER'];

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
  .option('--repeat <n>', 'run each scenario so many times, to compare', toTimes, 1)
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
  .action(async (names, flags) => (await import('./commands/load.ts')).load(names, flags));

program
  .command('chat')
  .description('open the reference chat, to talk on by hand or to load from elsewhere')
  .addOption(new Option('--port <n>', 'the port').env('PORT').default(3000).argParser(toPort))
  .addOption(new Option('--host <address>', 'the address to listen on').env('HOST').default('127.0.0.1'))
  .addHelpText('after', '\nExamples:\n  $ chatstorm chat\n  $ chatstorm chat --port 4000')
  .action(async (options) => (await import('./commands/chat.ts')).chat(options));

program
  .command('report')
  .description("build a run's run.json and report.html again from its folder")
  .argument('<folder>', 'the folder of a run')
  .addHelpText('after', '\nExamples:\n  $ chatstorm report reports/runs/2026-01-31T12-00-00-broadcast')
  .action(async (folder) => (await import('./commands/report.ts')).report(folder));

program
  .command('reports')
  .description('show all runs in a folder: a list with trends, their reports, and what goes on at the moment')
  .argument('[folder]', 'the folder with the runs in it', 'reports/runs')
  .option('--port <n>', 'the port; any that is free by default', toPort, 0)
  .option('--host <address>', 'the address to listen on; whoever reaches it can read the runs', '127.0.0.1')
  .addHelpText('after', '\nExamples:\n  $ chatstorm reports\n  $ chatstorm reports before --port 4000')
  .action(async (folder, options) => (await import('./commands/reports.ts')).reports(folder, options));

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
  .action(async (base, next, flags) => (await import('./commands/compare.ts')).compare(base, next, flags));

// Whoever reads along may stop reading; the run goes on.
process.stdout.on('error', () => {});

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = explain(error);
}

function toPort(text: string): number {
  if (/^\d+$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new InvalidArgumentError('Expected a port such as 3000.');
}

function toTimes(text: string): number {
  const times = Number(text);
  if (Number.isInteger(times) && times >= 1 && times <= 1000) return times;
  throw new InvalidArgumentError('Expected a number of runs such as 5.');
}

/** Says what went wrong, in a sentence where somebody can do something about it; the exit code. */
function explain(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.pass : exitCodes.usage;
  const { code, message } = (error ?? {}) as { code?: unknown; message?: string };
  const isUsage = usageErrors.includes(code);
  console.error(isUsage || code === 'TARGET_UNREACHABLE' ? message : error);
  if (isUsage) return exitCodes.usage;
  return code === 'TARGET_UNREACHABLE' ? exitCodes.unreachable : exitCodes.bug;
}
