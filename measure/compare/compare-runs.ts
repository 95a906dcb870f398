import type { Unit } from '../metrics/metric-catalogue.ts';
import type { RunRecord } from '../run-record/run-record.ts';
import { mannWhitney, pairsToCut } from '../statistics/mann-whitney.ts';
import { median } from '../statistics/median.ts';
import { quantileOfSorted } from '../statistics/quantile.ts';
import { type Measure, measuresOf } from './comparables.ts';
import { type ComparisonNote, notesOf } from './comparison-notes.ts';

/** What became of a metric from base to next; `too few runs` also where too few know it. */
export type Word = 'better' | 'worse' | 'no difference' | 'too few runs';

/** With fewer runs a side, no arrangement of their values is rarer than one in twenty. */
export const ENOUGH_RUNS = 4;

/** From base to next. In percent where every value of base is above 0, else in the metric's own unit. */
export interface Change {
  readonly scale: 'percent' | 'unit';
  /** Of the medians. */
  readonly value: number;
  /** 95 %: over `runs`, of the typical pair of runs (Hodges and Lehmann); `withinRun`, by the runs' own bootstraps. */
  readonly interval: { readonly from: 'runs' | 'withinRun'; readonly low: number; readonly high: number } | null;
}

/** A metric on both sides; null is unknown. `base` and `next` are medians of the runs that know it. */
export interface ComparisonRow {
  /** As thresholds spell it: `broadcast.latency.p99`, `delivery.lost / delivery.expected`. */
  readonly metric: string;
  readonly unit: Unit;
  readonly better: 'lower' | 'higher';
  readonly base: number | null;
  readonly next: number | null;
  readonly change: Change | null;
  /** Two-sided, of Mann and Whitney. */
  readonly p: number | null;
  readonly word: Word;
  /** One of the metrics that a comparison is mainly about. */
  readonly isHeadline: boolean;
}

/** Ids of the runs of either side, the metrics in the order in which to tell them, and what stands in the way. */
export interface Comparison {
  readonly base: readonly string[];
  readonly next: readonly string[];
  readonly rows: readonly ComparisonRow[];
  readonly notes: readonly ComparisonNote[];
}

/**
 * Compares runs as Go's benchstat does: medians, and the test of Mann and Whitney at 5 % for each metric by itself, so
 * that about one metric in twenty comes out different by chance. Runs are taken as they are, the invalid ones, too.
 */
export function compareRuns(base: readonly RunRecord[], next: readonly RunRecord[]): Comparison {
  const rows = measuresOf([...base, ...next]).flatMap((measure) => rowOf(measure, base, next) ?? []);
  return { base: base.map(({ id }) => id), next: next.map(({ id }) => id), rows, notes: notesOf(base, next) };
}

/**
 * What `--fail-on worse` asks: whether a headline metric is worse. Only those count, since of many metrics one will look
 * worse by chance. Undefined where there are too few runs to tell of any.
 */
export function anyWorse({ rows }: Comparison): boolean | undefined {
  const told = rows.filter(({ isHeadline, word }) => isHeadline && word !== 'too few runs');
  return told.length === 0 ? undefined : told.some(({ word }) => word === 'worse');
}

const ALPHA = 0.05;

/** Undefined where there is nothing to compare: the metric is missing, or 0 everywhere. */
function rowOf(measure: Measure, base: readonly RunRecord[], next: readonly RunRecord[]): ComparisonRow | undefined {
  const { metric, unit, better, of, always, isCertain } = measure;
  const [before, after] = [base, next].map((records) => records.map(of).filter((value) => value !== null)) as [
    number[],
    number[],
  ];
  if (!always && [...before, ...after].every((value) => value === 0)) return undefined;
  const enough = Math.min(before.length, after.length) >= ENOUGH_RUNS;
  const tested = enough ? mannWhitney(before, after) : null;
  // Of a share that may be none at all, points are told.
  const inPoints = isCertain === true && unit === 'ratio';
  const change = changeOf(before, after, inPoints, (scale) =>
    enough ? overRuns(before, after, scale) : withinRun(metric, base, next, scale),
  );
  return {
    metric,
    unit,
    better,
    base: median(before) ?? null,
    next: median(after) ?? null,
    change,
    p: tested?.p ?? null,
    word: word(),
    isHeadline: always === true,
  };

  function word(): Word {
    if (!tested && isCertain && change?.interval) return ofInterval(change.interval);
    if (!tested) return 'too few runs';
    if (tested.p >= ALPHA) return 'no difference';
    return tested.above > 0.5 === (better === 'higher') ? 'better' : 'worse';
  }

  function ofInterval({ low, high }: NonNullable<Change['interval']>): Word {
    if (low <= 0 && high >= 0) return 'no difference';
    return low > 0 === (better === 'higher') ? 'better' : 'worse';
  }
}

type Scale = Change['scale'];

function changeOf(
  before: number[],
  after: number[],
  inPoints: boolean,
  interval: (scale: Scale) => Change['interval'],
): Change | null {
  const [base, next] = [median(before), median(after)];
  if (base === undefined || next === undefined) return null;
  const scale = before.every((value) => value > 0) && !inPoints ? 'percent' : 'unit';
  return { scale, value: step(base, next, scale), interval: interval(scale) };
}

function step(from: number, to: number, scale: Scale): number {
  return scale === 'percent' ? 100 * (to / from - 1) : to - from;
}

function overRuns(before: readonly number[], after: readonly number[], scale: Scale): Change['interval'] {
  const steps = stepsBetween(before, after, scale);
  const cut = pairsToCut(before.length, after.length, ALPHA);
  return cut === undefined ? null : { from: 'runs', low: steps[cut - 1]!, high: steps[steps.length - cut]! };
}

/** Every replicate of one side's bootstrap against every one of the other's. */
function withinRun(metric: string, base: readonly RunRecord[], next: readonly RunRecord[], scale: Scale) {
  const [before, after] = [base, next].map((runs) =>
    runs.flatMap(({ intervals }) => intervals[metric]?.replicates ?? []),
  );
  if (before!.length === 0 || after!.length === 0 || (scale === 'percent' && before!.some((value) => value <= 0)))
    return null;
  const steps = stepsBetween(before!, after!, scale);
  return {
    from: 'withinRun',
    low: quantileOfSorted(steps, ALPHA / 2),
    high: quantileOfSorted(steps, 1 - ALPHA / 2),
  } as const;
}

function stepsBetween(before: readonly number[], after: readonly number[], scale: Scale): Float64Array {
  return Float64Array.from(before.flatMap((from) => after.map((to) => step(from, to, scale)))).sort();
}
