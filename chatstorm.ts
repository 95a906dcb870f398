#!/usr/bin/env node
/** The command line. What a command does is imported when it is asked for, so that help and errors are there at once. */

import { enableCompileCache } from 'node:module';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { UsageError } from './base/errors.ts';
import { fileProblem, fileRemedy, isFileError } from './base/file-problem.ts';
import { compileCache, ownPackage } from './base/installation.ts';
import { printable } from './base/printable.ts';
import { exitCodes } from './measure/judge/exit-codes.ts';
import { scenarioNames } from './scenarios/scenario-files.ts';
import { scenarioOptionNames, scenarioOptions } from './scenarios/scenario-options.ts';

enableCompileCache(compileCache);

const program = new Command('chatstorm')
  .description('Load and resilience testing for Socket.IO chat')
  .version(ownPackage.version)
  .exitOverride()
  .showHelpAfterError('See chatstorm --help.')
  .addHelpText(
    'after',
    '\nExamples:\n  $ chatstorm load\n  $ chatstorm load broadcast --target http://127.0.0.1:3000\n  $ chatstorm chat',
  );

const load = program
  .command('load')
  .description('run scenarios against the reference chat, or against your own server')
  .argument('[scenarios...]', `names (${scenarioNames().join(', ')}) or .yml files; all of them by default`)
  .option('--target <url>', 'the server to load, instead of the embedded reference chat')
  .option('--dialect <name>', 'how to speak its chat: plain, rooms, or a .yml file (with --target: plain)');

for (const name of scenarioOptionNames) {
  const { unit, help } = scenarioOptions[name];
  load.option(`--${name} <${unit}>`, help);
}

load
  .option('--no-crowd', 'probes only')
  .option('--quick', 'a short form of each scenario, as a check for pull requests')
  .option('--seed <text>', 'what schedules and texts are drawn from; the same seed gives the same')
  .option('--out <dir>', 'the folder of the run (default: a new one in reports/runs)')
  .option('--repeat <n>', 'run each scenario this many times, to compare', toTimes, 1)
  .option('--i-own <host>', 'load a target that is not this machine: name its host')
  .option('--pid <n>', 'the process of a target on this machine: for its CPU, memory and descriptors', toPid)
  .option('--fit-heartbeat', "make silent faults as long as the target's heartbeat needs to notice them")
  .option('--no-live', 'do not serve a live page of the run')
  .option('--open', 'open the live page in the browser')
  .option('--dry-run', 'show the plan and run nothing')
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
  .description('start the reference chat, to use by hand or to load from elsewhere')
  .addOption(new Option('--port <n>', 'the port').env('PORT').default(3000).argParser(toPort))
  .addOption(new Option('--host <address>', 'the address to listen on').env('HOST').default('127.0.0.1'))
  .addHelpText('after', '\nExamples:\n  $ chatstorm chat\n  $ chatstorm chat --port 4000')
  .action(async (options) => (await import('./commands/chat.ts')).chat(options));

program
  .command('doctor')
  .description(
    'examine a server before the first run: what lets clients in, what stops them, and the dialect that follows',
  )
  .argument('<url>', 'the address of the server')
  .option('--dialect <name>', 'what is known already: plain, rooms, or a .yml or .ts file')
  .option('--write <file>', 'find out how to speak to it, by sending messages, and write a dialect')
  .option('--i-own <host>', 'examine a target that is not this machine: name its host')
  .addHelpText(
    'after',
    '\nExamples:\n  $ chatstorm doctor http://127.0.0.1:3000\n  $ chatstorm doctor http://127.0.0.1:3000 --write chat.yml',
  )
  .action(async (url, flags) => (await import('./commands/doctor.ts')).doctor(url, flags));

program
  .command('report')
  .description("rebuild a run's run.json and report.html from its folder")
  .argument('<folder>', 'the folder of a run')
  .addHelpText('after', '\nExamples:\n  $ chatstorm report reports/runs/2026-01-31T12-00-00-broadcast')
  .action(async (folder) => (await import('./commands/report.ts')).report(folder));

program
  .command('reports')
  .description('serve all runs in a folder: a list with trends, their reports, and runs in progress')
  .argument('[folder]', 'the folder with the runs in it', 'reports/runs')
  .option('--port <n>', 'the port; any that is free by default', toPort, 0)
  .option('--host <address>', 'the address to listen on; anyone who can reach it can read the runs', '127.0.0.1')
  .addHelpText('after', '\nExamples:\n  $ chatstorm reports\n  $ chatstorm reports before --port 4000')
  .action(async (folder, options) => (await import('./commands/reports.ts')).reports(folder, options));

program
  .command('compare')
  .description('compare runs with runs: what got better, what got worse, and what is chance')
  .argument('<base>', 'runs to compare with: folders or run.json files, several separated by commas')
  .argument('<new>', 'runs to compare, likewise')
  .addOption(
    new Option(
      '--fail-on <what>',
      'exit with 99 if a headline metric is worse, with 3 if there are too few runs to tell',
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

program
  .command('metrics')
  .description('list every metric with its unit and meaning')
  .addHelpText('after', '\nExamples:\n  $ chatstorm metrics')
  .action(async () => (await import('./commands/metrics.ts')).metrics());

for (const command of program.commands) command.showHelpAfterError(`See chatstorm ${command.name()} --help.`);

// A reader of the output may stop reading; the run goes on.
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

function toPid(text: string): number {
  if (/^[1-9]\d{0,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Expected a process id such as 4711.');
}

function toTimes(text: string): number {
  const times = Number(text);
  if (Number.isInteger(times) && times >= 1 && times <= 1000) return times;
  throw new InvalidArgumentError('Expected a number of runs such as 5.');
}

/** Says what went wrong: in a sentence where it can be mended. Returns the exit code. */
function explain(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.pass : exitCodes.usage;
  if (isFileError(error)) {
    const { path, syscall } = error;
    const what = path === undefined ? `${syscall ?? 'work with files'}` : `${syscall ?? 'use'} ${path}`;
    console.error(printable(`Cannot ${what}: ${fileProblem(error)}.${fileRemedy(error)}`));
    return exitCodes.usage;
  }
  if (!(error instanceof UsageError)) {
    console.error(printable(error instanceof Error ? (error.stack ?? error.message) : String(error)));
    return exitCodes.bug;
  }
  console.error(printable(error.message));
  return error.code === 'TARGET_UNREACHABLE' ? exitCodes.unreachable : exitCodes.usage;
}
