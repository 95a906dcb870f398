import { knownNumberOf, numberOf, samplesOf, slowestBack } from '../../../measure/run-record/read-metrics.ts';
import type { RunPlan, RunRecord } from '../../../measure/run-record/run-record.ts';
import { type VerdictWord, verdictWord } from '../../wording/verdict-wording.ts';
import { factsOf, type RunFacts } from './run-facts.ts';

/** What the index tells of a run. */
export type Digest = { readonly name: string } & (
  | FinishedDigest
  | RunningDigest
  | { readonly state: 'pending' }
  | { readonly state: 'unreadable'; readonly why: string }
  /** It is over, and its record has not been read yet. */
  | { readonly state: 'unread' }
);

/** A run that is over. Times are in ms, null where too few messages stand behind them. */
export interface FinishedDigest extends RunFacts {
  readonly state: 'finished';
  readonly verdict: VerdictWord;
  readonly isWhole: boolean;
  readonly p50: number | null;
  readonly p99: number | null;
  /** Of a long run the highest of each stretch. */
  readonly p99BySecond: readonly (number | null)[];
  /** The share of the expected deliveries; null where none was expected. */
  readonly delivered: number | null;
  readonly lost: number;
  readonly expected: number;
  /** How long the slowest client was away; null where nobody was. */
  readonly slowestBack: number | null;
}

export interface RunningDigest extends RunFacts {
  readonly state: 'running';
  /** Since it started; undefined until then. */
  readonly second: number | undefined;
  readonly seconds: number;
}

export type Finished = Extract<Digest, { state: 'finished' }>;
export type Running = Extract<Digest, { state: 'running' }>;

/** Whether a run says something about its target: others are shown, and never taken for comparison. */
export function isSound({ verdict, isWhole }: Pick<Finished, 'verdict' | 'isWhole'>): boolean {
  return isWhole && verdict !== 'invalid' && verdict !== 'interrupted';
}

/** The digest of a run that is over; of one that is damaged, why. */
export function digestOf(name: string, read: () => RunRecord): Digest {
  try {
    const record = read();
    const latency = samplesOf(record, 'broadcast.latency');
    return {
      name,
      state: 'finished',
      ...factsOf(record),
      verdict: verdictWord(record),
      isWhole: record.state === 'complete',
      p50: latency?.p50 ?? null,
      p99: latency?.p99 ?? null,
      p99BySecond: thinned(record.timeline.latency.p99),
      delivered: knownNumberOf(record, 'delivery.ratio') ?? null,
      lost: numberOf(record, 'delivery.lost'),
      expected: numberOf(record, 'delivery.expected'),
      slowestBack: slowestBack(record),
    };
  } catch (error) {
    return { name, state: 'unreadable', why: (error as Error).message };
  }
}

/** The digest of a run in progress. */
export function runningDigest(name: string, plan: RunPlan, second: number | undefined): Running {
  const { warmup, measure, drain } = plan.phases;
  const seconds = warmup + measure + drain;
  return {
    name,
    state: 'running',
    ...factsOf(plan),
    second: second === undefined ? undefined : Math.min(Math.floor(second), seconds),
    seconds,
  };
}

const MOST_POINTS = 60;

/** As many values as a small drawing shows, each the highest of a stretch: a peak stays a peak. */
function thinned(values: readonly (number | null)[]): (number | null)[] {
  if (values.length <= MOST_POINTS) return [...values];
  return Array.from({ length: MOST_POINTS }, (_, i) => {
    const from = Math.floor((i * values.length) / MOST_POINTS);
    const to = Math.floor(((i + 1) * values.length) / MOST_POINTS);
    return values
      .slice(from, to)
      .reduce((high, value) => (high === null ? value : Math.max(high, value ?? high)), null);
  });
}
