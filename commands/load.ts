import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { conduct } from '../load/conductor.ts';
import type { LoadOptions } from '../load/options.ts';
import { loadPersonas } from '../load/personas.ts';
import { planRun, type RunRequest } from '../load/plan.ts';
import { requestsOf } from '../load/request.ts';
import { files, writeWhole } from '../load/run-folder.ts';
import { RunShelf } from '../load/run-shelf.ts';
import type { RunRecord } from '../measure/run-record.ts';
import { exitCodes, worstExitCode } from '../measure/verdict.ts';
import { LiveLine } from '../reports/live-line.ts';
import { planSheet } from '../reports/plan-sheet.ts';
import type { ReportsServer } from '../reports/serve/server.ts';
import { verdictTable } from '../reports/verdict-table.ts';
import { scenarioNames } from '../scenarios/catalogue.ts';
import { paint } from './paint.ts';
import { conclude } from './report.ts';

interface LoadFlags extends LoadOptions {
  readonly repeat: number;
  readonly dryRun?: boolean;
  readonly live: boolean;
  readonly open?: boolean;
}

/** Runs scenarios one after the other, all of them by default, and says what they came to. */
export async function load(names: string[], flags: LoadFlags): Promise<void> {
  const requests = requestsOf(names.length > 0 ? names : scenarioNames(), flags, flags.repeat);
  if (flags.dryRun) {
    for (const request of requests) console.log(sheetOf(request));
    return;
  }
  for (const { scenario } of requests) {
    if (scenario.troupe.kind === 'probes') await loadPersonas(scenario.troupe.personas?.who ?? []);
  }
  const pages = flags.live ? await openPages(requests) : undefined;
  const ends: RunEnd[] = [];
  try {
    for (const request of requests) {
      ends.push(await run(request, pages, flags.open === true && ends.length === 0));
      if (ends.at(-1)?.code === exitCodes.SIGINT || ends.at(-1)?.code === exitCodes.SIGTERM) break;
    }
  } finally {
    await pages?.close();
  }
  if (ends.length > 1)
    await concludeAll(
      ends.flatMap(({ record }) => record ?? []),
      flags.out,
    );
  process.exitCode = worstExitCode(ends.map(({ code }) => code));
}

/** The pages of runs that are about to be made; none where no port can be had, since the runs matter more. */
async function openPages(requests: readonly RunRequest[]): Promise<ReportsServer | undefined> {
  const { serveReports } = await import('../reports/serve/server.ts');
  const shelf = RunShelf.of(new Map(requests.map((request) => [pageName(request), request.folder])));
  try {
    return await serveReports(shelf);
  } catch (error) {
    console.error(`The runs cannot be watched: ${(error as Error).message}`);
    return undefined;
  }
}

function pageName({ scenario, id }: RunRequest): string {
  return `${scenario.name}-${id}`;
}

/** What a run came to; without a record where it was interrupted before it began. */
interface RunEnd {
  readonly code: number;
  readonly record?: RunRecord;
}

/** One run from start to report. */
async function run(request: RunRequest, pages: ReportsServer | undefined, open: boolean): Promise<RunEnd> {
  const live = new LiveLine(process.stdout, paint);
  let interrupted: 'SIGINT' | 'SIGTERM' | undefined;
  console.log(sheetOf(request));
  if (pages) {
    pages.follow(pageName(request));
    await announce(pages.urlOf(pageName(request)), open);
  }
  const interrupt = (signal: 'SIGINT' | 'SIGTERM') => {
    interrupted = signal;
    handle.interrupt(signal);
  };
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  live.say(`${request.scenario.name} is starting its processes …`);
  const handle = conduct(request, (progress) => live.show(progress));
  try {
    const record = await handle.done;
    live.close();
    return { code: await conclude(request.folder, record), record };
  } catch (error) {
    live.close();
    if (interrupted) {
      console.log('Interrupted before the run had started: nothing was measured.');
      return { code: exitCodes[interrupted] };
    }
    throw error;
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}

async function announce(url: string, open: boolean): Promise<void> {
  console.log(`  live      ${url}`);
  if (!open) return;
  const { openAddress } = await import('../reports/serve/opener.ts');
  await openAddress(url).catch((error: Error) => console.error(`The page could not be opened: ${error.message}`));
}

/** Prints the verdicts of several runs, and writes one page with all of them. */
async function concludeAll(records: readonly RunRecord[], out: string | undefined): Promise<void> {
  console.log(verdictTable(records, paint));
  if (records.length < 2) return;
  const { renderReport } = await import('../reports/report.ts');
  const stamp = new Date().toISOString().slice(0, 19).replaceAll(':', '-');
  const folder = resolve(out ?? join('reports', 'runs', `${stamp}-all`));
  mkdirSync(folder, { recursive: true });
  writeWhole(folder, files.report, await renderReport(records));
  console.log(`All runs: ${join(folder, files.report)}`);
}

function sheetOf(request: RunRequest): string {
  return planSheet(planRun(request, request.target?.origin, new Date().toISOString()));
}
