import { existsSync, readdirSync, type Stats, statSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';
import { UsageError } from '../../base/errors.ts';
import type { RunState } from '../../measure/run-record/run-state.ts';
import { FolderTail } from './folder-tail.ts';
import { files, LARGEST_BYTES, readPlan, readRun } from './run-folder.ts';
import { readSession } from './session-file.ts';

/** How deep runs may lie in a folder: `--out` makes a folder for each scenario, and in it one for each time. */
const DEEPEST = 3;
/** A run writes each second; one that has not for so long does not go on. */
const SILENT_MS = 15_000;
const TAIL_BYTES = 1 << 18;

/** Run folders by name, to be shown. */
export class FolderStore {
  readonly #folders: () => ReadonlyMap<string, string>;
  /** The folder that is searched; undefined for one that is told what there is. */
  readonly #root: string | undefined;

  private constructor(folders: () => ReadonlyMap<string, string>, root?: string) {
    this.#folders = folders;
    this.#root = root;
  }

  /** What lies in a folder, looked up again each time. Throws a UsageError if there is no such folder. */
  static in(folder: string): FolderStore {
    if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
      throw new UsageError('RUN_FOLDER', `There is no folder ${folder}. Give one with runs in it.`, folder);
    const root = resolve(folder);
    return new FolderStore(() => foldersIn(root), root);
  }

  /** The runs that this very process makes, by name: what is not there yet will come. */
  static of(folders: ReadonlyMap<string, string>): FolderStore {
    return new FolderStore(() => folders);
  }

  names(): string[] {
    return [...this.#folders().keys()];
  }

  all(): { name: string; run: RunState; seconds?: number | undefined }[] {
    return [...this.#folders()].map(([name, folder]) => {
      const run = this.#stateIn(folder);
      return run.state === 'running' ? { name, run, seconds: secondsSinceStart(folder) } : { name, run };
    });
  }

  stateOf(name: string): RunState {
    const folder = this.#folders().get(name);
    return folder === undefined
      ? { state: 'unreadable', why: `There is no run named ${name}.` }
      : this.#stateIn(folder);
  }

  sessions(): { name: string; runs: readonly string[] }[] {
    if (this.#root === undefined) return [];
    const root = this.#root;
    return sessionsUnder(root, DEEPEST).map(([folder, runs]) => ({
      name: relative(root, folder) || basename(root),
      runs,
    }));
  }

  rebuildOf(name: string): string {
    return rebuildCommand(this.#folders().get(name) ?? name);
  }

  follow(name: string): FolderTail {
    return new FolderTail(this.#folders().get(name) ?? '', TAIL_BYTES);
  }

  #stateIn(folder: string): RunState {
    try {
      return this.#read(folder);
    } catch (error) {
      return { state: 'unreadable', why: (error as Error).message };
    }
  }

  #read(folder: string): RunState {
    const run = fileAt(folder, files.run);
    if (run) {
      if (!isReadable(run)) return { state: 'unreadable', why: `Its ${files.run} is not a file, or too large.` };
      return { state: 'finished', stamp: `${run.mtimeMs} ${run.size}`, record: () => readRun(join(folder, files.run)) };
    }
    const plan = fileAt(folder, files.plan);
    const areOurs = this.#root === undefined;
    if (!plan) return areOurs ? { state: 'pending' } : { state: 'unreadable', why: whyNone(folder) };
    if (!isReadable(plan)) return { state: 'unreadable', why: `Its ${files.plan} is not a file, or too large.` };
    const running = { state: 'running', plan: readPlan(folder) } as const;
    if (areOurs || isFresh(folder)) return running;
    const why = `The run was cut short. Rebuild its report with: ${rebuildCommand(folder)}`;
    return { state: 'unreadable', why };
  }
}

function rebuildCommand(folder: string): string {
  return `npx chatstorm report ${folder}`;
}

/** The runs in a folder by their paths in it, and the folders in it that hold nothing to show; the folder itself where it is one. */
function foldersIn(root: string): Map<string, string> {
  if (isRun(root)) return new Map([[basename(root), root]]);
  const found = subfolders(root).flatMap((folder) => {
    const runs = runsUnder(folder, DEEPEST - 1);
    return runs.length > 0 || sessionsUnder(folder, DEEPEST - 1).length > 0 ? runs : [folder];
  });
  return new Map(found.map((folder) => [relative(root, folder), folder]));
}

function runsUnder(folder: string, depth: number): string[] {
  if (isRun(folder)) return [folder];
  return depth === 0 ? [] : subfolders(folder).flatMap((one) => runsUnder(one, depth - 1));
}

/** The folders with a report of several runs, and the ids of these. */
function sessionsUnder(folder: string, depth: number): [string, readonly string[]][] {
  if (isRun(folder)) return [];
  const runs = readSession(folder);
  const below = depth === 0 ? [] : subfolders(folder).flatMap((one) => sessionsUnder(one, depth - 1));
  return runs.length > 0 ? [[folder, runs], ...below] : below;
}

function isRun(folder: string): boolean {
  return existsSync(join(folder, files.run)) || existsSync(join(folder, files.plan));
}

/** What cannot be read holds nothing. */
function subfolders(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
      .map(({ name }) => join(folder, name))
      .sort();
  } catch {
    return [];
  }
}

function fileAt(folder: string, file: string): Stats | undefined {
  return statSync(join(folder, file), { throwIfNoEntry: false });
}

function isReadable(file: Stats): boolean {
  return file.isFile() && file.size <= LARGEST_BYTES;
}

function isFresh(folder: string): boolean {
  const now = Date.now();
  return readdirSync(folder)
    .filter((file) => file === files.plan || file.endsWith('.ndjson'))
    .some((file) => now - statSync(join(folder, file)).mtimeMs < SILENT_MS);
}

/** The start signal is written as the run starts. */
function secondsSinceStart(folder: string): number | undefined {
  const start = fileAt(folder, files.start);
  return start && Math.max(0, (Date.now() - start.mtimeMs) / 1000);
}

function whyNone(folder: string): string {
  try {
    if (readdirSync(folder).join() === files.report)
      return `It holds the report of several runs. Open its ${files.report}.`;
    return `It holds no run: it has no ${files.plan}.`;
  } catch (error) {
    return `It cannot be read: ${(error as Error).message}`;
  }
}
