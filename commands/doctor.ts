import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { parse, stringify } from 'yaml';
import { UsageError } from '../base/errors.ts';
import { fileProblem } from '../base/file-problem.ts';
import { printableData } from '../base/printable.ts';
import { plain, plainSpeech } from '../bots/dialect/built-in.ts';
import { secretsIn } from '../bots/endpoint.ts';
import { candidateCount } from '../doctor/candidates.ts';
import type { Diagnosis } from '../doctor/diagnosis.ts';
import { discover } from '../doctor/discover.ts';
import { examine } from '../doctor/examine.ts';
import { checkTarget } from '../load/plan/target.ts';
import { exitCodes } from '../measure/judge/exit-codes.ts';
import { builtInDialect, readDialectFile } from '../scenarios/dialect-file.ts';
import { paint, print, say } from './terminal-output.ts';

interface DoctorFlags {
  readonly dialect?: string;
  readonly write?: string;
  readonly iOwn?: string;
}

const marks = { good: paint('green', '✓'), note: paint('cyan', '·'), problem: paint('red', '✗') };

/** Examines a server and this machine, and writes a dialect where that is wanted. */
export async function doctor(address: string, { dialect: given, write, iOwn }: DoctorFlags): Promise<void> {
  const target = checkTarget(address, iOwn);
  if (write !== undefined && existsSync(write))
    throw new UsageError('COMMAND_LINE', `There is a file ${write} already. Name another one.`, '--write');
  const read = await readGiven(given);
  const { dialect, secrets } = read ?? { dialect: plain, secrets: [] };
  const patient = { target, dialect, secrets: [...secrets, ...secretsIn(target)] };
  say(`Examining ${target.origin} …`);
  const { diagnoses, isOpen, patient: reached } = await examine(patient, printDiagnosis);
  if (!isOpen) process.exitCode = exitCodes.unreachable;
  const lines = Object.assign({}, ...diagnoses.map((one) => one.dialect ?? {}));
  if (write === undefined) {
    if (Object.keys(lines).length > 0) print(`\nIn the dialect:\n\n${indented(stringify(lines))}`);
    if (isOpen && !given) say('Find out how to speak to it:', `npx chatstorm doctor ${target.origin} --write chat.yml`);
    return;
  }
  if (!isOpen) return say('No dialect was written: nobody can connect.');
  const found = await discover(reached, (step) => say(`… ${step}`), given !== undefined);
  if (found.how === 'died') {
    say(`${marks.problem} The server stopped answering after it was sent ${found.last}.`);
    say('    A message that it did not expect may have ended it: any client can do that.');
    say(`    ${paint('bold', 'Check what handlers are given before using it, and look into its log.')}`);
    process.exitCode = exitCodes.unreachable;
    return;
  }
  if (found.how === 'nothing') {
    const heard = found.events?.length ? `Events that came: ${found.events.join(', ')}.` : 'No event came at all.';
    say(
      `No dialect was written: none of ${candidateCount} common ways of joining and sending brought a text back. ${heard}`,
    );
    print(`Write one by hand (docs/dialects.md), such as:\n\n${indented(skeleton)}`);
    process.exitCode = exitCodes.invalid;
    return;
  }
  const known = given && /\.ya?ml$/.test(given) ? (parse(readFileSync(given, 'utf8')) as object) : {};
  save(write, `${introduction(target.origin, found.how)}${stringify({ ...known, ...lines, ...found.dialect })}`);
  say(
    `${marks.good} Wrote ${write}. Check it, and run:`,
    `npx chatstorm load broadcast --target ${target.origin} --dialect ${write}`,
  );
}

/** What is known already may be a part of a dialect only. */
async function readGiven(given: string | undefined) {
  if (given === undefined) return undefined;
  return builtInDialect(given) ?? readDialectFile(given, process.env, plainSpeech);
}

const skeleton = `# messages to a room (send: { …, to: peer } for private ones, hear: ack for requests)
join: { emit: EVENT, args: ['{room}'], confirm: ack } # or leave it out
send: { emit: EVENT, args: [{ room: '{room}', text: '{text}' }], ack: false }
hear: { event: EVENT, text: 0.text }
`;

function printDiagnosis(diagnosis: Diagnosis): void {
  const { severity, seen, means, remedy } = printableData(diagnosis);
  say(`${marks[severity]} ${seen}`);
  if (severity === 'good') return;
  say(`    ${means}`);
  if (remedy) say(`    ${paint('bold', remedy)}`);
}

function introduction(origin: string, how: string): string {
  const what =
    how === 'spoken' ? 'by joining and sending in common ways' : 'by listening: nothing that was sent came back';
  return `# How to speak to ${origin}, found out ${what}. See docs/dialects.md for what else there is.\n`;
}

function save(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new UsageError('COMMAND_LINE', `Cannot write ${file}: ${fileProblem(error)}.`, '--write');
  }
}

function indented(text: string): string {
  return text.replace(/^(?=.)/gm, '  ');
}
