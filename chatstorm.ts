#!/usr/bin/env node

/** The command line. What a command does is imported when it is asked for, so that help and errors are there at once. */

import { existsSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { Command, CommanderError, Help, InvalidArgumentError, Option } from 'commander';
import { adapters, balancers } from './base/adapters.ts';
import { UsageError } from './base/errors.ts';
import { fileProblem, fileRemedy, isFileError } from './base/file-problem.ts';
import { compileCache, ownPackage, RUNS_FOLDER } from './base/installation.ts';
import { printable } from './base/printable.ts';
import type { Project } from './commands/project-file.ts';
import { sayError } from './commands/terminal-output.ts';
import { crowdEngines } from './load/plan/crowd-engine.ts';
import { exitCodes } from './measure/judge/exit-codes.ts';
import { scenarioNames, usualScenarios } from './scenarios/scenario-files.ts';
import { type ScenarioOptionName, scenarioOptionNames, scenarioOptions } from './scenarios/scenario-options.ts';

enableCompileCache(compileCache);

const OUTPUTS = 'For pipelines:';

const program = new Command('chatstorm')
  .description('Load and resilience testing for Socket.IO chat')
  .version(ownPackage.version)
  .exitOverride()
  .configureHelp({ optionDescription: describe })
  .configureOutput({ outputError: (text) => sayError(text.trimEnd()) })
  .showHelpAfterError('See chatstorm --help.')
  .addHelpText(
    'after',
    '\nExamples:\n  $ chatstorm load\n  $ chatstorm load broadcast --target http://127.0.0.1:3000\n  $ chatstorm chat',
  );

const load = program
  .command('load')
  .description('run scenarios against the reference chat, or against your own server')
  .argument(
    '[scenarios...]',
    `names (${scenarioNames().join(', ')}) or .yml files; by default ${usualScenarios().join(', ')}`,
  )
  .addOption(set('--target <url>', 'the server to load, instead of the embedded reference chat'))
  .addOption(
    set('--dialect <name>', 'how to speak its chat: plain, rooms, or a .yml or .ts file (with --target: plain)'),
  );

for (const name of scenarioOptionNames) {
  const { unit, help } = scenarioOptions[name];
  load.addOption(set(`--${name} <${unit}>`, help));
}

load
  .addOption(
    set('--redis <url>', 'the Redis between nodes, instead of one that the run starts; with --workers, theirs'),
  )
  .addOption(set('--workers', 'have workers on other machines make the load (chatstorm worker)'))
  .addOption(set('--shards <n>', 'in how many parts: a number, or auto for one for each worker that is there'))
  .addOption(set('--secret <text>', 'what conductor and workers share; better by CHATSTORM_SECRET'))
  .option('--no-crowd', 'probes only')
  .addOption(
    set(
      '--engine <name>',
      'what drives the crowd: by default the scenario says, or chatstorm where that is too slow',
    ).choices(crowdEngines),
  )
  .option('--quick', 'a short form of each scenario, as a check for pull requests')
  .addOption(
    set('--label <text>', 'what the run is called in lists of runs; may be given several times').argParser(toLabels),
  )
  .addOption(
    set(
      '--with <packages>',
      'packages of other versions for server and probes, such as socket.io@4.7.5; given twice, the runs are compared',
    ).argParser(toLabels),
  )
  .addOption(set('--seed <text>', 'what schedules and texts are drawn from; the same seed gives the same'))
  .addOption(set('--out <dir>', 'the folder of the run (default: a new one in --runs)'))
  .addOption(set('--runs <dir>', 'where the folders of runs are made').default(RUNS_FOLDER))
  .addOption(set('--repeat <n>', 'run each scenario this many times, to compare').argParser(toTimes).default(1))
  .addOption(set('--i-own <host>', 'load a target that is not this machine: name its host'))
  .addOption(
    set('--pid <n>', 'the process of a target on this machine: for its CPU, memory and descriptors').argParser(toPid),
  )
  .option('--fit-heartbeat', "make silent faults as long as the target's heartbeat needs to notice them")
  .option('--no-live', 'do not serve a live page of the run')
  .option('--open', 'open the live page in the browser')
  .option('--dry-run', 'show the plan and run nothing')
  .addOption(
    set('--baseline <name>', 'compare with these runs: a saved name, a file, or a folder with runs').helpGroup(OUTPUTS),
  )
  .addOption(
    set(
      '--fail-on <what>',
      'exit with 99 if a headline metric is worse than the baseline, with 3 if there are too few runs to tell',
    )
      .choices(['worse'])
      .helpGroup(OUTPUTS),
  )
  .addOption(set('--junit <file>', 'write the results as JUnit XML').helpGroup(OUTPUTS))
  .addOption(
    set('--summary <file>', "write them as Markdown (in GitHub Actions, the job's summary has it anyway)").helpGroup(
      OUTPUTS,
    ),
  )
  .addOption(set('--json <file>', 'write the records; - for the standard output').helpGroup(OUTPUTS))
  .addOption(
    set(
      '--prometheus [address]',
      'let Prometheus scrape the run while it goes on (by default at 127.0.0.1:9464)',
    ).helpGroup(OUTPUTS),
  )
  .addOption(set('--otlp <url>', 'send its metrics to an OpenTelemetry endpoint, over HTTP').helpGroup(OUTPUTS))
  .addOption(set('--metrics-json <file>', 'write the figures as github-action-benchmark takes them').helpGroup(OUTPUTS))
  .addHelpText(
    'after',
    `
An option with a value can be given by the environment, too, as
CHATSTORM_FAIL_ON for --fail-on; and every option by chatstorm.yml.

Examples:
  $ chatstorm load                   every scenario, against the reference chat
  $ chatstorm load broadcast --users 200 --rate 20/s
  $ chatstorm load broadcast --target http://127.0.0.1:3000
  $ chatstorm load broadcast --target https://chat.example.com --i-own chat.example.com --dialect my-chat.yml
  $ chatstorm load reconnect --recovery both
  $ chatstorm load --quick
  $ chatstorm capacity --target http://127.0.0.1:3000
  $ chatstorm load broadcast --dry-run
  $ chatstorm load --quick --junit results.xml --summary summary.md --baseline main`,
  )
  .action(async (names, flags) => {
    const { dialect, scenarios = [], thresholds } = project;
    const asked = names.length > 0 ? names : scenarios;
    await (await import('./commands/load.ts')).load(asked, { thresholds, dialect, ...flags });
  });

program
  .command('capacity')
  .description(
    'find how many users the reference chat, or your own server, carries: as load capacity, with its options',
  )
  .usage('[options of load]')
  .allowUnknownOption()
  .allowExcessArguments()
  .helpOption(false)
  .action(async (_flags, { args }: Command) => {
    await program.parseAsync(['load', 'capacity', ...args], { from: 'user' });
  });

program
  .command('chat')
  .description('start the reference chat, to use by hand or to load from elsewhere')
  .addOption(new Option('--port <n>', 'the port').env('PORT').default(3000).argParser(toPort))
  .addOption(new Option('--host <address>', 'the address to listen on').env('HOST').default('127.0.0.1'))
  .addOption(set('--nodes <n>', 'processes of it, on Redis and behind HAProxy').argParser(toTimes).default(1))
  .addOption(set('--redis <url>', 'the Redis between them, instead of one that is started'))
  .addOption(set('--adapter <name>', 'what they hear each other by').choices(adapters).default(adapters[0]))
  .addOption(set('--balancer <name>', 'how clients find their node').choices(balancers).default(balancers[0]))
  .addHelpText('after', '\nExamples:\n  $ chatstorm chat\n  $ chatstorm chat --port 4000\n  $ chatstorm chat --nodes 3')
  .action(async (options) => (await import('./commands/chat.ts')).chat(options));

program
  .command('worker')
  .description('wait for parts of loads, which chatstorm load --workers gives, and make them on this machine')
  .addOption(set('--redis <url>', 'where work is found: redis://user:password@host:6379, or rediss: for TLS'))
  .addOption(set('--secret <text>', 'what conductor and workers share; better by CHATSTORM_SECRET'))
  .addOption(set('--name <text>', 'what the worker is called (default: its host and process)'))
  .addOption(set('--i-own <host>', 'load a target that is not this machine: name its host'))
  .addHelpText(
    'after',
    '\nExamples:\n  $ CHATSTORM_SECRET=… chatstorm worker --redis redis://10.0.0.5:6379 --i-own chat.example.com',
  )
  .action(async (flags) => (await import('./commands/worker.ts')).worker(flags));

program
  .command('doctor')
  .description(
    'examine a server before the first run: what lets clients in, what stops them, and the dialect that follows',
  )
  .argument('[url]', 'the address of the server (default: the target in chatstorm.yml)')
  .option('--dialect <name>', 'what is known already: plain, rooms, or a .yml or .ts file')
  .option('--write <file>', 'find out how to speak to it, by sending messages, and write a dialect')
  .option('--i-own <host>', 'examine a target that is not this machine: name its host')
  .addHelpText(
    'after',
    '\nExamples:\n  $ chatstorm doctor http://127.0.0.1:3000\n  $ chatstorm doctor http://127.0.0.1:3000 --write chat.yml',
  )
  .action(async (asked, flags, command) => {
    const url = asked ?? project.target;
    // What chatstorm.yml says is of its own target.
    if (url !== project.target && command.getOptionValueSource('dialect') === 'config') flags.dialect = undefined;
    if (url === undefined)
      throw new UsageError('COMMAND_LINE', 'Expected the address of a server. See chatstorm doctor --help.', 'url');
    await (await import('./commands/doctor.ts')).doctor(url, flags);
  });

program
  .command('case')
  .description('show a known defect or limit of Socket.IO, as it was reported, on the installed versions')
  .argument('[number]', 'the number of its issue; without one, those that are known are listed')
  .option('--all', 'show all of them, as a table')
  .addOption(set('--with <packages>', 'packages of other versions, such as socket.io@4.6.0'))
  .addHelpText(
    'after',
    '\nExamples:\n  $ chatstorm case\n  $ chatstorm case 4880\n  $ chatstorm case 4880 --with socket.io@4.7.5\n  $ chatstorm case --all',
  )
  .action(async (number, flags) => (await import('./commands/case.ts')).showCases(number, flags));

program
  .command('report')
  .description("rebuild a run's run.json and report.html from its folder")
  .argument('<folder>', 'the folder of a run')
  .addHelpText('after', '\nExamples:\n  $ chatstorm report reports/runs/2026-01-31T12-00-00-broadcast')
  .option('--collect', 'first fetch what the workers of a run still have whose conductor died')
  .addOption(set('--redis <url>', 'where its workers are found'))
  .addOption(set('--secret <text>', 'what it shared with its workers; better by CHATSTORM_SECRET'))
  .action(async (folder, flags) => (await import('./commands/report.ts')).report(folder, flags));

program
  .command('merge')
  .description('merge runs of the same scenario that were made apart at about the same time, each a part of the load')
  .argument('<folders...>', 'the folders of runs')
  .requiredOption('--out <dir>', 'the folder of the whole')
  .addHelpText('after', '\nExamples:\n  $ chatstorm merge run-a run-b --out whole')
  .action(async (folders, flags) => (await import('./commands/merge.ts')).merge(folders, flags));

program
  .command('reports')
  .description('serve all runs in a folder: a list with trends and comparisons, their reports, and runs in progress')
  .argument('[folder]', `the folder with the runs in it (default: ${RUNS_FOLDER})`)
  .option('--port <n>', 'the port; any that is free by default', toPort, 0)
  .option('--host <address>', 'the address to listen on; anyone who can reach it can read the runs', '127.0.0.1')
  .addHelpText('after', '\nExamples:\n  $ chatstorm reports\n  $ chatstorm reports before --port 4000')
  .action(async (folder = project.runs ?? RUNS_FOLDER, options) =>
    (await import('./commands/reports.ts')).reports(folder, options),
  );

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
  .command('trend')
  .description('print the last runs of each scenario: p99, what was lost, and the verdict')
  .argument('[scenario]', 'the scenario; all of them by default')
  .addOption(set('--runs <dir>', 'the folder with the runs in it').default(RUNS_FOLDER))
  .option('--last <n>', 'how many runs', toTimes, 10)
  .addHelpText('after', '\nExamples:\n  $ chatstorm trend\n  $ chatstorm trend broadcast --last 20')
  .action(async (scenario, flags) => (await import('./commands/trend.ts')).trend(scenario, flags));

const baseline = program.command('baseline').description('keep runs to compare later ones with');

baseline
  .command('save')
  .description('save runs as baselines/NAME.json, small enough to be committed')
  .argument('<name>', 'its name, or the path of its .json file')
  .argument('<runs>', 'the runs: folders or run.json files, several separated by commas')
  .addHelpText(
    'after',
    '\nExamples:\n  $ chatstorm load broadcast --repeat 4 --out before\n  $ chatstorm baseline save main before\n  $ chatstorm load broadcast --repeat 4 --baseline main --fail-on worse',
  )
  .action(async (name, runs) => (await import('./commands/baseline.ts')).saveBaseline(name, runs));

program
  .command('init')
  .description('write chatstorm.yml, a workflow for GitHub Actions, and a line into .gitignore')
  .argument('[url]', 'the address of your server: how to speak to it is found out')
  .option('--i-own <host>', 'for a target that is not this machine: name its host')
  .addHelpText('after', '\nExamples:\n  $ chatstorm init\n  $ chatstorm init http://127.0.0.1:3000')
  .action(async (url, flags) => (await import('./commands/init.ts')).init(url, flags));

program
  .command('metrics')
  .description('list every metric with its unit and meaning')
  .addHelpText('after', '\nExamples:\n  $ chatstorm metrics')
  .action(async () => (await import('./commands/metrics.ts')).metrics());

for (const command of program.commands) command.showHelpAfterError(`See chatstorm ${command.name()} --help.`);
for (const command of baseline.commands) command.showHelpAfterError(`See chatstorm baseline ${command.name()} --help.`);

// A reader of the output may stop reading; the run goes on.
process.stdout.on('error', () => {});

let project: Project = {};

try {
  await takeProject();
  await program.parseAsync();
} catch (error) {
  process.exitCode = explain(error);
}

/** Without the names of environment variables, which follow from those of the options. */
function describe(option: Option): string {
  return new Help()
    .optionDescription(option)
    .replace(/(, )?env: CHATSTORM_\w+/, '')
    .replace(' ()', '');
}

/** An option with a value, which its environment variable gives where the flag does not: CHATSTORM_FAIL_ON for --fail-on. */
function set(flags: string, about: string): Option {
  const option = new Option(flags, about);
  return option.env(`CHATSTORM_${option.name().replaceAll('-', '_').toUpperCase()}`);
}

/** Takes one label more. */
function toLabels(label: string, before: readonly string[] = []): string[] {
  return [...before, label];
}

/** Has options come from chatstorm.yml where neither a flag nor the environment gives them. */
async function takeProject(): Promise<void> {
  if (!existsSync('chatstorm.yml')) return;
  const { readProject } = await import('./commands/project-file.ts');
  project = readProject();
  for (const command of program.commands) {
    const { chat, reports, ...all } = project;
    const own = { chat, reports }[command.name()] ?? {};
    for (const [name, value] of Object.entries({ ...all, ...own })) {
      const isOption = command.options.some((option) => option.attributeName() === name);
      if (!isOption || typeof value === 'object') continue;
      const isText = typeof value === 'number' && scenarioOptionNames.includes(name as ScenarioOptionName);
      command.setOptionValueWithSource(name, isText ? String(value) : value, 'config');
    }
  }
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
    sayError(printable(`Cannot ${what}: ${fileProblem(error)}.${fileRemedy(error)}`));
    return exitCodes.usage;
  }
  if (!(error instanceof UsageError)) {
    console.error(printable(error instanceof Error ? (error.stack ?? error.message) : String(error)));
    return exitCodes.bug;
  }
  sayError(printable(error.message));
  return error.code === 'TARGET_UNREACHABLE' ? exitCodes.unreachable : exitCodes.usage;
}
