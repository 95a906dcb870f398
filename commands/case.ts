import { UsageError } from '../base/errors.ts';
import { ownPackage } from '../base/installation.ts';
import { exitCodes } from '../measure/judge/exit-codes.ts';
import { table } from '../reports/terminal/text-table.ts';
import { wrap } from '../reports/terminal/wrap.ts';
import { cases, showCase } from '../scenarios/cases/all-cases.ts';
import type { CaseOutcome, UpstreamCase } from '../scenarios/cases/upstream-case.ts';
import { print, say, terminal } from './terminal-output.ts';

/** Shows known defects and limits of Socket.IO on the installed versions: one by its number, or all of them as a table. */
export async function showCases(number: string | undefined, { all }: { readonly all?: boolean }): Promise<void> {
  if (all) return showAll();
  if (number === undefined) return print(listOf(cases));
  const one = cases.find((each) => each.number === number);
  if (!one) {
    const known = cases.map((each) => each.number).join(', ');
    throw new UsageError('COMMAND_LINE', `Expected a case, one of ${known}, got ${number} (command line)`, number);
  }
  if (one.seconds > LONG_S) say(`It takes about ${one.seconds} s …`);
  const outcome = await showCase(one);
  print(caseText(one, outcome));
  if (outcome.kind === 'notShown') process.exitCode = exitCodes.invalid;
}

/** From here on it is said how long a case takes. */
const LONG_S = 10;

async function showAll(): Promise<void> {
  const rows = [];
  for (const one of cases) {
    say(`${one.number}: ${one.title} (about ${one.seconds} s) …`);
    const outcome = await showCase(one);
    if (outcome.kind === 'notShown') process.exitCode = exitCodes.invalid;
    rows.push([one.number, one.title, outcomeWord(outcome)]);
  }
  print(table(['case', 'title', 'outcome'], rows, terminal, 'left'));
}

function listOf(all: readonly UpstreamCase[]): string {
  const rows = all.map(({ number, repository, title }) => [number, repository, title]);
  return table(['case', 'repository', 'title'], rows, terminal, 'left');
}

function caseText(one: UpstreamCase, outcome: CaseOutcome): string {
  const { repository, number, title, settings, expected, reported, remedy } = one;
  const rows = [
    ['versions', versions()],
    ['settings', settings],
    ['expected', expected],
    ['reported', reported],
    ['seen', outcome.kind === 'shown' ? outcome.evidence : outcome.why],
    ...(remedy === null ? [] : [['remedy', remedy]]),
  ];
  return [
    wrap(`${outcomeWord(outcome)}: ${repository}#${number}, ${title}`, terminal.width),
    table([], rows, terminal, 'left'),
  ].join('\n');
}

function versions(): string {
  const { dependencies } = ownPackage;
  return (['socket.io', 'socket.io-client'] as const).map((name) => `${name} ${dependencies[name]}`).join(', ');
}

function outcomeWord(outcome: CaseOutcome): string {
  const { paint } = terminal;
  if (outcome.kind === 'notShown') return paint('yellow', 'cannot be shown here');
  return outcome.isReproduced ? paint('red', 'reproduced') : paint('green', 'not reproduced');
}
