import { appendFileSync, existsSync, mkdirSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { UsageError } from '../base/errors.ts';
import { fileProblem } from '../base/file-problem.ts';
import type { SessionObserver } from '../load/conduct/session.ts';
import { readBaseline } from '../load/folder/baseline-file.ts';
import { writeWhole } from '../load/folder/run-folder.ts';
import type { RunRequest } from '../load/plan/run-request.ts';
import { compareRuns, ENOUGH_RUNS } from '../measure/compare/compare-runs.ts';
import { exitCodes } from '../measure/judge/exit-codes.ts';
import type { RunRecord } from '../measure/run-record/run-record.ts';
import { annotations } from '../reports/pipeline/annotations.ts';
import { benchmarkMetrics } from '../reports/pipeline/benchmark-metrics.ts';
import { junit } from '../reports/pipeline/junit.ts';
import { markdownSummary, type ScenarioComparison } from '../reports/pipeline/markdown-summary.ts';
import { comparisonTable } from '../reports/terminal/comparison-table.ts';
import { worseExitCode } from './compare.ts';
import { print, say, sayError, terminal, writeOut } from './terminal-output.ts';

/** Where results go besides the run's folder. `-` is the standard output. */
export interface OutputFlags {
  readonly junit?: string;
  readonly summary?: string;
  readonly json?: string;
  readonly metricsJson?: string;
  readonly baseline?: string;
  readonly failOn?: 'worse';
}

/** What a pipeline is told of runs, once they are over, whatever became of them. */
export class PipelineOutputs {
  readonly observer: SessionObserver;
  readonly #flags: OutputFlags;
  readonly #environment: NodeJS.ProcessEnv;
  readonly #baseline: readonly RunRecord[] | undefined;
  readonly #records: RunRecord[] = [];

  /** Throws a UsageError where there is no baseline to compare with. */
  constructor(flags: OutputFlags, environment: NodeJS.ProcessEnv) {
    this.#flags = flags;
    this.#environment = environment;
    if (flags.failOn && flags.baseline === undefined)
      throw new UsageError(
        'COMMAND_LINE',
        '--fail-on worse needs runs to compare with: give them with --baseline.',
        '--fail-on',
      );
    this.#baseline = flags.baseline === undefined ? undefined : readBaseline(flags.baseline);
    this.observer = {
      finished: (request, record) => {
        this.#records.push(record);
        this.#annotate(request, record);
      },
    };
  }

  /** Writes all that was asked for; `problem` is why there are no more runs. Returns the exit codes that follow. */
  conclude(problem?: string): number[] {
    const comparisons = this.#compare();
    for (const { scenario, comparison } of comparisons) {
      say(`${scenario} against the baseline`, this.#flags.baseline);
      print(comparisonTable(comparison, terminal));
    }
    return [...this.#codesOf(comparisons), ...this.#write(comparisons, problem)];
  }

  #compare(): ScenarioComparison[] {
    if (!this.#baseline) return [];
    const byName = ({ scenario }: RunRecord) => scenario.name;
    const bases = Map.groupBy(this.#baseline, byName);
    return [...Map.groupBy(this.#records, byName)].map(([scenario, records]) => {
      const { notes, ...comparison } = compareRuns(bases.get(scenario) ?? [], records);
      // A baseline always came first.
      return { scenario, comparison: { ...comparison, notes: notes.filter(({ kind }) => kind !== 'notInterleaved') } };
    });
  }

  #codesOf(comparisons: readonly ScenarioComparison[]): number[] {
    if (!this.#flags.failOn) return [];
    return comparisons.map(({ scenario, comparison }) => {
      const code = worseExitCode(comparison);
      if (code === exitCodes.invalid)
        say(
          `Too few runs of ${scenario} to tell whether it is worse: ${ENOUGH_RUNS} on each side are needed (--repeat).`,
        );
      return code;
    });
  }

  #write(comparisons: readonly ScenarioComparison[], problem: string | undefined): number[] {
    const { junit: junitFile, summary, json, metricsJson } = this.#flags;
    const { GITHUB_STEP_SUMMARY } = this.#environment;
    const records = this.#records;
    const outputs: (readonly [file: string | undefined, content: () => string])[] = [
      [junitFile, () => junit(records, comparisons, problem)],
      [summary, () => markdownSummary(records, comparisons, problem)],
      [json, () => `${JSON.stringify(records.length === 1 ? records[0] : records)}\n`],
      [metricsJson, () => `${JSON.stringify(benchmarkMetrics(records), undefined, 2)}\n`],
    ];
    const written = outputs.map(([file, content]) => file === undefined || put(file, content()));
    if (GITHUB_STEP_SUMMARY) written.push(append(GITHUB_STEP_SUMMARY, markdownSummary(records, comparisons, problem)));
    return written.includes(false) ? [exitCodes.usage] : [];
  }

  #annotate({ scenario }: RunRequest, record: RunRecord): void {
    if (this.#environment.GITHUB_ACTIONS !== 'true') return;
    const placeOf = (threshold: string) => {
      const place = scenario.thresholdPlaces[threshold];
      return place !== undefined && existsSync(place.replace(/:\d+$/, '')) ? place : undefined;
    };
    for (const line of annotations(record, placeOf)) print(line);
  }
}

/** Writes a file whole, its folders included; says why where it cannot be, and whether it was. */
function put(file: string, content: string): boolean {
  if (file === '-') {
    writeOut(content);
    return true;
  }
  return says(() => {
    const path = resolve(file);
    mkdirSync(dirname(path), { recursive: true });
    writeWhole(dirname(path), basename(path), content);
  }, file);
}

function append(file: string, content: string): boolean {
  return says(() => appendFileSync(file, content), file);
}

function says(write: () => void, file: string): boolean {
  try {
    write();
    return true;
  } catch (error) {
    sayError(error instanceof UsageError ? error.message : `Cannot write ${file}: ${fileProblem(error)}.`);
    return false;
  }
}
