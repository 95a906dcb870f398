import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { UsageError } from '../base/errors.ts';
import { ownPackage, RUNS_FOLDER } from '../base/installation.ts';
import {
  environmentFor,
  installPackages,
  nodeArgsFor,
  PACKAGES,
  PACKAGES_FOLDER,
  versionIn,
} from '../load/conduct/other-packages.ts';
import { parsePackageSet } from '../load/plan/package-set.ts';
import { exitCodes } from '../measure/judge/exit-codes.ts';
import { table } from '../reports/terminal/text-table.ts';
import { wrap } from '../reports/terminal/wrap.ts';
import { cases, showCase } from '../scenarios/cases/all-cases.ts';
import type { CaseOutcome, UpstreamCase } from '../scenarios/cases/upstream-case.ts';
import { print, say, terminal } from './terminal-output.ts';

interface CaseFlags {
  readonly all?: boolean;
  /** Packages of other versions to show it on. */
  readonly with?: string;
}

/** Shows known defects and limits of Socket.IO on the installed versions: one by its number, or all of them as a table. */
export async function showCases(id: string | undefined, flags: CaseFlags): Promise<void> {
  if (flags.with !== undefined && process.env[PACKAGES_FOLDER] === undefined) return showWith(flags.with);
  if (flags.all) return showAll();
  if (id === undefined) return print(listOf(cases));
  const one = cases.find((each) => each.id === id);
  if (!one) {
    const known = cases.map((each) => each.id).join(', ');
    throw new UsageError('COMMAND_LINE', `Expected a case, one of ${known}, got ${id} (command line)`, id);
  }
  if (one.seconds > LONG_S) say(`It takes about ${one.seconds} s …`);
  const outcome = await showCase(one, launch);
  print(caseText(one, outcome));
  if (outcome.kind === 'notShown') process.exitCode = exitCodes.invalid;
}

/** Has the same command done by a process that loads other packages. */
async function showWith(text: string): Promise<void> {
  say(`npm installs ${text}, where it is not there yet …`);
  const packages = await installPackages(parsePackageSet(text), join(RUNS_FOLDER, PACKAGES));
  const env = { ...process.env, ...environmentFor(packages) };
  const args = [...nodeArgsFor(packages), ...process.argv.slice(1)];
  const child = spawn(process.execPath, args, { env, stdio: 'inherit' });
  const [code] = (await once(child, 'exit')) as [number | null];
  process.exitCode = code ?? exitCodes.invalid;
}

/** Processes that a case starts load the same packages. */
const launch = { program: process.execPath, args: process.execArgv, env: process.env };

/** From here on it is said how long a case takes. */
const LONG_S = 10;

async function showAll(): Promise<void> {
  const rows = [];
  for (const one of cases) {
    say(`${one.id}: ${one.title} (about ${one.seconds} s) …`);
    const outcome = await showCase(one, launch);
    if (outcome.kind === 'notShown') process.exitCode = exitCodes.invalid;
    rows.push([one.id, one.title, outcomeWord(one, outcome)]);
  }
  print(table(['case', 'title', 'outcome'], rows, terminal, 'left'));
}

function listOf(all: readonly UpstreamCase[]): string {
  const rows = all.map(({ id, reference, title }) => [id, reference, title]);
  return table(['case', 'reported as', 'title'], rows, terminal, 'left');
}

function caseText(one: UpstreamCase, outcome: CaseOutcome): string {
  const { reference, title, packages, settings, expected, reported, remedy } = one;
  const rows = [
    ['versions', versions(packages)],
    ['settings', settings],
    ['expected', expected],
    ['reported', reported],
    ['seen', outcome.kind === 'shown' ? outcome.evidence : outcome.why],
    ...(isUnlikeReported(one, outcome) ? [['how', one.here.why]] : []),
    ...(remedy === null ? [] : [['remedy', remedy]]),
  ];
  return [
    wrap(`${outcomeWord(one, outcome)}: ${reference}, ${title}`, terminal.width),
    table([], rows, terminal, 'left'),
  ].join('\n');
}

/** Whether what was reported does not show, and was mended nowhere: then it says how it was tried. */
function isUnlikeReported(
  one: UpstreamCase,
  outcome: CaseOutcome,
): one is UpstreamCase & { readonly here: { readonly isReproduced: false } } {
  return outcome.kind === 'shown' && !outcome.isReproduced && !one.here.isReproduced && one.fixedIn === null;
}

/** What a case was shown on. */
function versions(packages: readonly string[]): string {
  const { [PACKAGES_FOLDER]: folder } = process.env;
  const version = (name: string) => (folder ? versionIn(folder, name) : ownPackage.dependencies[name]);
  return packages.map((name) => `${name} ${version(name) ?? ''}`).join(', ');
}

function outcomeWord({ fixedIn }: UpstreamCase, outcome: CaseOutcome): string {
  const { paint } = terminal;
  if (outcome.kind === 'notShown') return paint('yellow', 'cannot be shown here');
  if (outcome.isReproduced) return paint('red', 'reproduced');
  return paint('green', fixedIn === null ? 'not reproduced' : `not reproduced (fixed in ${fixedIn})`);
}
