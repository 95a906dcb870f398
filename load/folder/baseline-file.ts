import { existsSync, mkdirSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { UsageError } from '../../base/errors.ts';
import { readTextFile } from '../../base/read-text-file.ts';
import { measuresOf } from '../../measure/compare/comparables.ts';
import { parseRunRecord, type RunRecord } from '../../measure/run-record/run-record.ts';
import { median } from '../../measure/statistics/median.ts';
import { LARGEST_BYTES, readRuns, writeWhole } from './run-folder.ts';

/** Runs to compare later ones with, small enough to be committed: what each measured, without its course and histograms. */
export interface Baseline {
  readonly baseline: string;
  /** By scenario and metric, for people who read the file or its changes. */
  readonly medians: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly runs: readonly RunRecord[];
}

/** Where a baseline lies by its name; the path of a .json file stays as it is. */
export function baselinePath(nameOrPath: string): string {
  return nameOrPath.endsWith('.json') ? nameOrPath : join('baselines', `${nameOrPath}.json`);
}

/** Writes the baseline of runs. Throws a UsageError where there are none, where one is invalid, or where it cannot be written. */
export function writeBaseline(nameOrPath: string, records: readonly RunRecord[]): string {
  if (!/^[\w.-]+$/.test(nameOrPath) && !nameOrPath.endsWith('.json')) {
    const message = `Expected the baseline's name to be like main, or the path of a .json file, got ${nameOrPath}.`;
    throw new UsageError('COMMAND_LINE', message, nameOrPath);
  }
  const wrong = records.find(({ state, verdict }) => state === 'partial' || verdict.breaches.length > 0);
  if (wrong) {
    const why = wrong.state === 'partial' ? 'it was cut short' : 'it is invalid';
    const message = `Run ${wrong.id} cannot be part of a baseline: ${why}. Leave it out, or make it again.`;
    throw new UsageError('RUN_FOLDER', message, wrong.id);
  }
  const path = resolve(baselinePath(nameOrPath));
  if (records.length === 0) throw new UsageError('RUN_FOLDER', 'There is no run to make a baseline of.', nameOrPath);
  mkdirSync(dirname(path), { recursive: true });
  const baseline: Baseline = {
    baseline: basename(path, '.json'),
    medians: mediansOf(records),
    runs: records.map(essential),
  };
  // A line for each run and each median: a change shows what changed.
  const text = JSON.stringify(baseline, (key, value) => (key === 'runs' ? value.map(() => null) : value), 2);
  const runs = baseline.runs.map((run) => `    ${JSON.stringify(run)}`).join(',\n');
  writeWhole(dirname(path), basename(path), `${text.replace(/"runs": \[[^\]]*\]/, () => `"runs": [\n${runs}\n  ]`)}\n`);
  return path;
}

/** The runs of a baseline: its name, its file, a run's folder, or a folder of runs. Throws a UsageError. */
export function readBaseline(nameOrPath: string): readonly RunRecord[] {
  const path = existsSync(nameOrPath) ? nameOrPath : baselinePath(nameOrPath);
  if (!existsSync(path))
    throw new UsageError(
      'RUN_FOLDER',
      `There is no baseline ${path}. Make one with: npx chatstorm baseline save NAME RUNS`,
      '--baseline',
    );
  return runsOfBaseline(path) ?? readRuns(path);
}

/** Undefined where the file is no baseline. */
function runsOfBaseline(path: string): RunRecord[] | undefined {
  try {
    const { baseline, runs } = JSON.parse(readTextFile(path, LARGEST_BYTES)) as Partial<Baseline>;
    return baseline === undefined ? undefined : (runs ?? []).map(parseRunRecord);
  } catch (error) {
    if (error instanceof Error && 'issues' in error)
      throw new UsageError('RUN_FOLDER', `The baseline ${path} is damaged, or of another version: save it anew.`, path);
    return undefined;
  }
}

function mediansOf(records: readonly RunRecord[]): Record<string, Record<string, number>> {
  return Object.fromEntries(
    [...Map.groupBy(records, ({ scenario }) => scenario.name)].map(([name, own]) => {
      const medians = measuresOf(own).flatMap(({ metric, of }) => {
        const middle = median(own.map(of).filter((value) => value !== null));
        return middle === undefined ? [] : [[metric, Number(middle.toPrecision(6))] as const];
      });
      return [name, Object.fromEntries(medians)];
    }),
  );
}

/** Its memory is the one course that a comparison looks at. */
const compared = 'rss{role=server}';

function essential(record: RunRecord): RunRecord {
  const { metrics, timeline, vitals } = record;
  return {
    ...record,
    metrics: Object.fromEntries(
      Object.entries(metrics).map(([key, metric]) => [key, 'hdr' in metric ? { ...metric, hdr: '' } : metric]),
    ),
    timeline: {
      seconds: timeline.seconds,
      latency: { p50: [], p95: [], p99: [], max: [] },
      transports: { polling: { p50: [], max: [] }, websocket: { p50: [], max: [] } },
      paths: null,
      steps: [],
      rooms: {},
      counters: {},
    },
    vitals: vitals.flatMap(({ source, gauges: { [compared]: series } }) =>
      series ? [{ source, gauges: { [compared]: series } }] : [],
    ),
    faults: [],
    undelivered: [],
    recipients: [],
    anomalies: [],
    findings: [],
    notes: [],
  };
}
