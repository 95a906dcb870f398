import { UsageError } from '../base/errors.ts';
import type { DialectInput } from '../bots/dialect/dialect.ts';
import { type SessionObserver, session } from '../load/conduct/session.ts';
import { checkPersonas } from '../load/personas/persona-threads.ts';
import type { CrowdEngine } from '../load/plan/crowd-engine.ts';
import type { LoadOptions } from '../load/plan/load-options.ts';
import { personasOf, requestsOf } from '../load/plan/run-request.ts';
import type { Progress } from '../measure/fold/progress.ts';
import type { RunRecord } from '../measure/run-record/run-record.ts';
import { withFindings } from '../reports/findings/all-findings.ts';
import type { ScenarioDefinition } from '../scenarios/define.ts';
import { writeResults } from './write-results.ts';

/** As the options of `chatstorm load`; what is left out is as the scenario has it. */
export interface RunOptions {
  /** The server to load; the embedded reference chat by default. */
  readonly target?: string | URL;
  /** How to speak its chat: `plain` (by default with a target), `rooms`, a file, or the dialect itself as plain data. */
  readonly dialect?: string | DialectInput;
  /** Confirms that a target on another machine is yours: its host. */
  readonly iOwn?: string;
  /** Crowd users. */
  readonly users?: number;
  /** Whether there is a crowd beside the probes; true by default. */
  readonly crowd?: boolean;
  /** What drives the crowd; by default the scenario says, or `chatstorm` where that is too slow for it. */
  readonly engine?: CrowdEngine;
  readonly rooms?: number;
  /** Messages of each talker, such as `10/s`. */
  readonly rate?: string;
  readonly arrivals?: 'poisson' | 'constant';
  readonly listeners?: number;
  /** How long to measure, such as `30s`. */
  readonly duration?: string;
  /** Whether the embedded server has connection state recovery. */
  readonly recovery?: boolean;
  /** How long a killed server stays down, such as `20s`. */
  readonly outage?: string;
  /** A persona's file, instead of the shipped ones. */
  readonly persona?: string;
  /** The scenario's short form. */
  readonly quick?: boolean;
  readonly fitHeartbeat?: boolean;
  /** What schedules and texts are drawn from. */
  readonly seed?: string;
  /** The process of a target on this machine. */
  readonly pid?: number;
  /** The folder of the run, new or empty; by default a new one in `reports/runs`. */
  readonly out?: string;
  /** What the run is called in lists of runs. */
  readonly labels?: readonly string[];
  /** Ends the run early but in order: its record says that it was interrupted. */
  readonly signal?: AbortSignal;
  /** Called once a second with where the run stands. */
  readonly progressed?: (progress: Progress) => void;
}

/**
 * Makes a run of a scenario, given by name, by file, or itself, and writes its folder, run.json and report.html included.
 * Neither chatstorm.yml nor the environment is looked into. Resolves with its record whatever the verdict; rejects with an Error whose message says what cannot be run.
 */
export async function run(scenario: string | ScenarioDefinition, options: RunOptions = {}): Promise<RunRecord> {
  const { signal, progressed, dialect, ...rest } = options;
  signal?.throwIfAborted();
  const unknown = Object.keys(options).find((name) => !known.has(name));
  if (unknown !== undefined)
    throw new UsageError('COMMAND_LINE', `There is no option ${unknown}; there are ${[...known].join(', ')}.`, unknown);
  const requests = await requestsOf([scenario], { ...textsOf(rest), dialect }, 1, process.env);
  await checkPersonas(personasOf(requests));
  const onDisk: SessionObserver = {
    advanced: (_request, _lines, progress) => progressed?.(progress),
    finished: ({ folder }, record) => writeResults(folder, record),
  };
  const runs = session(requests, [onDisk], withFindings);
  const interrupt = () => runs.interrupt('SIGTERM');
  signal?.addEventListener('abort', interrupt, { once: true });
  try {
    const [record] = await runs.done;
    if (record) return record;
    throw signal?.reason ?? new Error('The run was interrupted before anything was measured.');
  } finally {
    signal?.removeEventListener('abort', interrupt);
  }
}

const known: ReadonlySet<string> = new Set(
  Object.keys({
    target: 0,
    dialect: 0,
    iOwn: 0,
    users: 0,
    crowd: 0,
    engine: 0,
    rooms: 0,
    rate: 0,
    arrivals: 0,
    listeners: 0,
    duration: 0,
    recovery: 0,
    outage: 0,
    persona: 0,
    quick: 0,
    fitHeartbeat: 0,
    seed: 0,
    labels: 0,
    pid: 0,
    out: 0,
    signal: 0,
    progressed: 0,
  } satisfies Record<keyof RunOptions, 0>),
);

/** As they would be typed. */
function textsOf(options: Omit<RunOptions, 'signal' | 'progressed' | 'dialect'>): LoadOptions {
  const { target, users, rooms, listeners, recovery, crowd = true, labels, ...rest } = options;
  const numbers = Object.entries({ users, rooms, listeners }).filter(([, value]) => value !== undefined);
  return {
    ...rest,
    ...Object.fromEntries(numbers.map(([name, value]) => [name, String(value)])),
    ...(target !== undefined && { target: String(target) }),
    ...(recovery !== undefined && { recovery: recovery ? 'on' : 'off' }),
    crowd,
    ...(labels !== undefined && { label: labels }),
  };
}
