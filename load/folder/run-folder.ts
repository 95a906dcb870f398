import {
  closeSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { UsageError } from '../../base/errors.ts';
import { fileProblem, fileRemedy } from '../../base/file-problem.ts';
import { openIfFile, readTextFile } from '../../base/read-text-file.ts';
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
 *
 * Beside the runs of a session of several lies a report.html of all of them, and session.json with their ids.
 */
export const files = {
  plan: 'plan.json',
  start: 'start.json',
  scenario: 'scenario.yml',
  processes: 'processes.json',
  run: 'run.json',
  report: 'report.html',
  session: 'session.json',
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
    return JSON.parse(readTextFile(join(folder, files.start))).startAt;
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
  return addFindings(foldFolder(folder));
}

/** What the thread that folds a folder tells: how long the run was to be, then what it came to, or what is wrong. */
export type FoldReply = { readonly seconds: number } | { readonly folded: FoldedRun } | { readonly refused: string };

/** The same without findings. */
export function foldFolder(folder: string): FoldedRun {
  const plan = readPlan(folder);
  const notes: string[] = [];
  try {
    return fold(plan, linesIn(folder, notes), notes);
  } catch (error) {
    throw broken(folder, `The windows in ${folder} are damaged: ${(error as Error).message}`);
  }
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
    return parseRunRecord(JSON.parse(readTextFile(file, LARGEST_BYTES)));
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

/** Nothing of ours is larger: the run.json of an hour has less than 2 MB. */
export const LARGEST_BYTES = 32 << 20;

/** Throws a UsageError that says what is wrong with it. */
export function readPlan(folder: string): RunPlan {
  try {
    return parsePlan(JSON.parse(readTextFile(join(folder, files.plan))));
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'it has no' : 'it has an unreadable';
    throw broken(folder, `Expected ${folder} to be a run's folder: ${why} ${files.plan}`);
  }
}

/** The lines of one of a folder's files, as far as they can be read. */
export function linesOf(folder: string, file: string): Generator<Window | EventLine> {
  return readLines(join(folder, file), file, []);
}

function* linesIn(folder: string, notes: string[]): Generator<Window | EventLine> {
  const sources = readdirSync(folder).filter((file) => file.endsWith('.ndjson'));
  for (const file of sources.sort()) yield* readLines(join(folder, file), file, notes);
}

/**
 * The lines of a file, a chunk of it at a time. A torn last line is what a killed process leaves; other lines that cannot
 * be read are noted. Of what is no file, as a pipe, nothing is read.
 */
function* readLines(path: string, name: string, notes: string[]): Generator<Window | EventLine> {
  const descriptor = openIfFile(path);
  if (descriptor === undefined) return void notes.push(`${name} is not a file.`);
  try {
    let [lines, unread, isLongLine] = [0, 0, false];
    let rest = Buffer.alloc(0);
    for (const chunk = Buffer.alloc(CHUNK_BYTES); ; ) {
      const length = readSync(descriptor, chunk);
      if (length === 0) break;
      const bytes = Buffer.concat([rest, chunk.subarray(0, length)]);
      const end = bytes.lastIndexOf(LINE_END) + 1;
      rest = bytes.subarray(end);
      for (const text of bytes.toString('utf8', 0, end).split('\n').slice(0, -1)) {
        const line = isLongLine ? undefined : parseLine(text);
        isLongLine = false;
        lines += 1;
        if (line) yield line;
        else unread += 1;
      }
      if (rest.length <= LONGEST_LINE_BYTES) continue;
      rest = Buffer.alloc(0);
      isLongLine = true;
    }
    if (unread > 0) notes.push(`${unread} of the ${lines} lines of ${name} could not be read.`);
    const last = rest.length > 0 && !isLongLine ? parseLine(rest.toString('utf8')) : undefined;
    if (last) yield last;
  } finally {
    closeSync(descriptor);
  }
}

const CHUNK_BYTES = 1 << 20;
const LINE_END = 0x0a;
/** A second of a source has a few kB. */
const LONGEST_LINE_BYTES = 8 << 20;

function broken(place: string, message: string): UsageError {
  return new UsageError('RUN_FOLDER', message, place);
}
