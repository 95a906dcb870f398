import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { UsageError } from '../../base/errors.ts';
import { fileProblem, fileRemedy } from '../../base/file-problem.ts';
import { fold } from '../../measure/fold/fold.ts';
import type { EventLine } from '../../measure/metrics/events.ts';
import { parseLine } from '../../measure/metrics/lines.ts';
import type { SourceRole } from '../../measure/metrics/source.ts';
import type { Window } from '../../measure/metrics/window.ts';
import {
  type FoldedRun,
  parsePlan,
  parseRunRecord,
  type RunPlan,
  type RunRecord,
} from '../../measure/run-record/run-record.ts';

/**
 * A run's folder:
 *
 *   plan.json                    what was decided before the start
 *   start.json                   when the run started, on the host's clock: its start signal
 *   scenario.yml                 the scenario as Artillery runs it
 *   processes.json               role, number and pid of every child
 *   ROLE-SHARD-NUMBER.ndjson     windows and events, appended each second: the truth
 *   *.pulse                      signs of life of the children's event loops, while they run
 *   run.json                     the fold of all that, and what follows from it
 *   report.html                  the same, to look at
 *   ROLE-NUMBER.log              what the children printed
 */
export const files = {
  plan: 'plan.json',
  start: 'start.json',
  scenario: 'scenario.yml',
  processes: 'processes.json',
  run: 'run.json',
  report: 'report.html',
};

/** Makes the folder; throws a UsageError where that is impossible, or where it is not empty. */
export function createRunFolder(folder: string): void {
  try {
    makeFolder(resolve(folder));
    if (readdirSync(folder).length === 0) return;
  } catch (error) {
    throw broken(folder, `Cannot make the folder ${folder}: ${fileProblem(error)}.${fileRemedy(error)}`);
  }
  throw broken(folder, `The folder ${folder} is not empty. Choose another with --out.`);
}

/** As mkdir -p. Node's own goes round for ever where a file system, as /proc, makes no folders but says there is none. */
function makeFolder(folder: string): void {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return;
  if (dirname(folder) !== folder) makeFolder(dirname(folder));
  try {
    mkdirSync(folder);
  } catch (error) {
    // Somebody else may have made it meanwhile.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || !statSync(folder).isDirectory()) throw error;
  }
}

/** Writes a file whole or not at all. Throws a UsageError that says why it could not be written. */
export function writeWhole(folder: string, file: string, content: string): void {
  const temporary = join(folder, `.${file}.${process.pid}`);
  try {
    writeFileSync(temporary, content);
    renameSync(temporary, join(folder, file));
  } catch (error) {
    rmSync(temporary, { force: true });
    const path = join(folder, file);
    throw broken(path, `Cannot write ${path}: ${fileProblem(error)}.${fileRemedy(error)}`);
  }
}

/** Gives the start signal: the run's start on the host's monotonic clock, ms. */
export function writeStart(folder: string, startAt: number): void {
  writeWhole(folder, files.start, JSON.stringify({ startAt }));
}

/** The start signal, undefined before it is given. */
export function readStart(folder: string): number | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, files.start), 'utf8')).startAt;
  } catch {
    return undefined;
  }
}

/** Whether a process of a role has opened its file. */
export function hasSource(folder: string, role: SourceRole): boolean {
  return readdirSync(folder).some((file) => file.startsWith(`${role}-`) && file.endsWith('.ndjson'));
}

/** Takes the signs of life away, once all children are gone. */
export function removePulses(folder: string): void {
  for (const file of readdirSync(folder)) if (file.endsWith('.pulse')) rmSync(join(folder, file), { force: true });
}

/** Adds the findings to the fold of a run. */
export type AddFindings = (run: FoldedRun) => RunRecord;

/** The record of the run that a folder holds. Throws a UsageError that says what is missing. */
export function foldRunFolder(folder: string, addFindings: AddFindings): RunRecord {
  const plan = readPlan(folder);
  const notes: string[] = [];
  const lines = readdirSync(folder)
    .filter((file) => file.endsWith('.ndjson'))
    .sort()
    .flatMap((file) => readLines(folder, file, notes));
  let folded: FoldedRun;
  try {
    folded = fold(plan, lines, notes);
  } catch (error) {
    throw broken(folder, `The windows in ${folder} are damaged: ${(error as Error).message}`);
  }
  return addFindings(folded);
}

/** Writes run.json. Throws a UsageError that says why it could not be written. */
export function writeRecord(folder: string, record: RunRecord): void {
  writeWhole(folder, files.run, `${JSON.stringify(record)}\n`);
}

/**
 * The records of runs, given as folders, run.json files, or folders of run folders, separated by commas. Throws a
 * UsageError that names what is none.
 */
export function readRuns(paths: string): RunRecord[] {
  return paths.split(',').flatMap((path) => {
    const folders = runFoldersIn(path);
    return folders.length > 0 ? folders.map((folder) => readRun(join(folder, files.run))) : [readRun(path)];
  });
}

/** The folder itself where it holds a run, else those in it that do. */
function runFoldersIn(path: string): string[] {
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) return [];
  if (existsSync(join(path, files.run))) return [path];
  return readdirSync(path)
    .sort()
    .map((name) => join(path, name))
    .filter((folder) => existsSync(join(folder, files.run)));
}

/** The record in a run.json. Throws a UsageError that says what is wrong with it. */
export function readRun(file: string): RunRecord {
  try {
    return parseRunRecord(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    const why =
      error instanceof SyntaxError
        ? 'it is not JSON'
        : error instanceof Error && 'issues' in error
          ? 'it is damaged, or written by another version'
          : (error as NodeJS.ErrnoException).code === 'EISDIR'
            ? `it has no ${files.run}, and no folder in it has one`
            : fileProblem(error);
    throw broken(file, `Expected ${file} to be a run's folder or its run.json: ${why}.`);
  }
}

/** Throws a UsageError that says what is wrong with it. */
export function readPlan(folder: string): RunPlan {
  try {
    return parsePlan(JSON.parse(readFileSync(join(folder, files.plan), 'utf8')));
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'it has no' : 'it has an unreadable';
    throw broken(folder, `Expected ${folder} to be a run's folder: ${why} ${files.plan}`);
  }
}

/** A torn last line is what a killed process leaves; other lines that cannot be read are noted. */
function readLines(folder: string, file: string, notes: string[]): (Window | EventLine)[] {
  const texts = readFileSync(join(folder, file), 'utf8').split('\n');
  const torn = texts.pop();
  const lines = texts.map(parseLine);
  const unread = lines.filter((line) => line === undefined).length;
  if (unread > 0) notes.push(`${unread} of the ${lines.length} lines of ${file} could not be read.`);
  const last = torn ? parseLine(torn) : undefined;
  return [...lines, last].filter((line) => line !== undefined);
}

function broken(place: string, message: string): UsageError {
  return new UsageError('RUN_FOLDER', message, place);
}
