import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { UsageError } from '../base/errors.ts';
import { RUNS_FOLDER } from '../base/installation.ts';
import type { Signal } from '../load/conduct/conductor.ts';
import { prepareRun } from '../load/conduct/prepare-run.ts';
import { type SessionObserver, session } from '../load/conduct/session.ts';
import { FolderStore } from '../load/folder/folder-store.ts';
import { lastLikeRun } from '../load/folder/like-run.ts';
import { files, writeWhole } from '../load/folder/run-folder.ts';
import { writeSession } from '../load/folder/session-file.ts';
import { checkPersonas } from '../load/personas/persona-threads.ts';
import type { LoadOptions } from '../load/plan/load-options.ts';
import { type FoundTarget, planRun } from '../load/plan/run-plan.ts';
import { personasOf, type RunRequest, requestsOf } from '../load/plan/run-request.ts';
import { compareRuns } from '../measure/compare/compare-runs.ts';
import { exitCode, exitCodes, worstExitCode } from '../measure/judge/exit-codes.ts';
import type { RunRecord } from '../measure/run-record/run-record.ts';
import { withFindings } from '../reports/findings/all-findings.ts';
import type { ReportsServer } from '../reports/serve/reports-server.ts';
import { LevelLines } from '../reports/terminal/capacity-table.ts';
import { comparisonTable } from '../reports/terminal/comparison-table.ts';
import { LiveLine } from '../reports/terminal/live-line.ts';
import { planSheet, sheetLine } from '../reports/terminal/plan-sheet.ts';
import { verdictTable } from '../reports/terminal/verdict-table.ts';
import { scenarioNameOf } from '../scenarios/scenario.ts';
import { scenarioNames, usualScenarios } from '../scenarios/scenario-files.ts';
import { type ExporterFlags, Exporters } from './exporters.ts';
import { type OutputFlags, PipelineOutputs } from './pipeline-outputs.ts';
import { conclude } from './report.ts';
import { isTerminal, keepOutputFree, print, say, sayError, shownOn, terminal } from './terminal-output.ts';

interface LoadFlags extends LoadOptions, OutputFlags, ExporterFlags {
  readonly repeat: number;
  readonly dryRun?: boolean;
  readonly live: boolean;
  readonly open?: boolean;
}

/** Runs scenarios one after the other, all of them by default, and prints their results. */
export async function load(names: string[], flags: LoadFlags): Promise<void> {
  if (flags.json === '-') keepOutputFree();
  const outputs = new PipelineOutputs(flags, process.env);
  try {
    await loadTelling(names, flags, outputs);
  } catch (error) {
    outputs.conclude(error instanceof Error ? error.message : String(error));
    throw error;
  }
}

async function loadTelling(names: string[], flags: LoadFlags, outputs: PipelineOutputs): Promise<void> {
  refuseUnknownThresholds(flags.thresholds, names);
  const requests = await requestsOf(names.length > 0 ? names : usualScenarios(), flags, flags.repeat, process.env);
  await checkPersonas(personasOf(requests));
  if (flags.dryRun) {
    for (const request of requests) {
      const prepared = await prepareRun(request, true);
      print(sheetOf(prepared.request, prepared.found));
    }
    return;
  }
  const exporters = await Exporters.open(flags);
  const pages = flags.live ? await openPages(requests) : undefined;
  let interruptedBy: Signal | undefined;
  let isWritten = true;
  const unwritten = () => {
    isWritten = false;
  };
  const observers = [
    ...(pages ? [onPages(pages)] : []),
    onTerminal(pages, flags.open === true, unwritten),
    outputs.observer,
    exporters.observer,
  ];
  const runs = session(requests, observers, withFindings);
  const interrupt = (signal: Signal) => {
    interruptedBy = signal;
    runs.interrupt(signal);
  };
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  try {
    const records = await runs.done;
    const codes = records.map(({ verdict, interruptedBy }) => exitCode(verdict, interruptedBy));
    if (interruptedBy) codes.push(exitCodes[interruptedBy]);
    if (!isWritten) codes.push(exitCodes.usage);
    if (records.length > 1) await concludeAll(records, requests, flags);
    const areAll = records.length === requests.length;
    codes.push(...outputs.conclude(areAll ? undefined : `Interrupted by ${interruptedBy} before all runs were made.`));
    process.exitCode = worstExitCode(codes);
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
    await Promise.all([pages?.close(), exporters.close()]);
  }
}

/** Thresholds of a scenario that there is not would hold nothing. Throws a UsageError. */
function refuseUnknownThresholds(thresholds: LoadFlags['thresholds'], names: readonly string[]): void {
  const known = [...scenarioNames(), ...names.map(scenarioNameOf)];
  const unknown = Object.entries(thresholds ?? {}).find(([name]) => !known.includes(name));
  if (!unknown) return;
  const [name, [first]] = unknown;
  const message = `Expected thresholds to be of a scenario, one of ${known.join(', ')}, got ${name} (${first?.place ?? 'chatstorm.yml'})`;
  throw new UsageError('COMMAND_LINE', message, name);
}

/** Reads each run as it is written, so that its page has all of it whenever it is opened. */
function onPages(pages: ReportsServer): SessionObserver {
  return { starting: (request) => pages.follow(pageName(request)) };
}

/**
 * Prints each run's plan, follows it in a line, and prints its result; opens the page of the first where that is wanted.
 * `unwritten` is called where a result could not be written.
 */
function onTerminal(pages: ReportsServer | undefined, opens: boolean, unwritten: () => void): SessionObserver {
  const live = new LiveLine(shownOn(), terminal, isTerminal());
  const levels = new LevelLines();
  let isOpened = !opens;
  return {
    preparing: ({ packages }) => {
      if (packages) live.note(`npm installs ${packages.text}, where it is not there yet …`);
    },
    starting: async (request, found) => {
      live.clear();
      print(sheetOf(request, found));
      const url = pages?.urlOf(pageName(request));
      if (url) print(sheetLine('live', url, terminal));
      if (url && !isOpened) await openPage(url);
      isOpened = true;
      live.note(`${request.scenario.name} is starting its processes …`);
    },
    advanced: (_request, lines, progress) => {
      for (const line of levels.add(lines)) {
        live.clear();
        say(line);
      }
      live.show(progress);
    },
    finished: async ({ folder }, record) => {
      live.clear();
      for (const line of levels.flush()) say(line);
      if (!(await conclude(folder, record))) unwritten();
    },
    abandoned: () => {
      live.clear();
      say('Interrupted before the run had started: nothing was measured.');
    },
  };
}

/** The pages of runs that are about to be made; none where no port can be had, since the runs matter more. */
async function openPages(requests: readonly RunRequest[]): Promise<ReportsServer | undefined> {
  const { serveReports } = await import('../reports/serve/reports-server.ts');
  const store = FolderStore.of(new Map(requests.map((request) => [pageName(request), request.folder])));
  try {
    return await serveReports(store);
  } catch (error) {
    sayError(`There is no live page: ${(error as Error).message}`);
    return undefined;
  }
}

function pageName({ scenario, id }: RunRequest): string {
  return `${scenario.name}-${id}`;
}

async function openPage(url: string): Promise<void> {
  const { openAddress } = await import('../reports/serve/open-browser.ts');
  await openAddress(url).catch((error: Error) => sayError(`Cannot open the page: ${error.message}`));
}

/** Prints the verdicts of several runs, and writes one page with all of them. */
async function concludeAll(
  records: readonly RunRecord[],
  requests: readonly RunRequest[],
  { out, runs }: LoadFlags,
): Promise<void> {
  print(verdictTable(records, terminal));
  printVersionChanges(records, requests);
  const { renderReport } = await import('../reports/render/render-report.ts');
  const stamp = new Date().toISOString().slice(0, 19).replaceAll(':', '-');
  const folder = resolve(out ?? join(runs ?? RUNS_FOLDER, `${stamp}-all`));
  mkdirSync(folder, { recursive: true });
  const previous = records.map((record) => {
    const request = requests.find(({ id }) => id === record.id);
    return request && lastLikeRun(request.folder, record);
  });
  writeWhole(folder, files.report, await renderReport(records, { previous }));
  writeSession(
    folder,
    records.map(({ id }) => id),
  );
  say('All runs:', join(folder, files.report));
}

/** How each later set of packages differs from the first, scenario by scenario. */
function printVersionChanges(records: readonly RunRecord[], requests: readonly RunRequest[]): void {
  const requestOf = ({ id }: RunRecord) => requests.find((request) => request.id === id);
  const made = records.filter((record) => requestOf(record)?.packages);
  for (const own of Map.groupBy(made, ({ scenario }) => scenario.name).values()) {
    const [[first, base] = [], ...others] = Map.groupBy(own, (record) => requestOf(record)!.packages!.text);
    for (const [text, next] of others) {
      print(`${own[0]!.scenario.name}: ${first} → ${text}`);
      print(comparisonTable(compareRuns(base!, next), terminal));
    }
  }
}

function sheetOf(request: RunRequest, found: FoundTarget): string {
  return planSheet(planRun(request, found, new Date().toISOString()), terminal);
}
