/**
 * Thresholds: lines that a run must fulfil.
 *
 *   threshold = term [ "/" term ] op value
 *   term      = metric [ "{" label "=" word { "," label "=" word } "}" ] [ "." statistic ]
 *   statistic = "min" | "mean" | "p50" | "p90" | "p95" | "p99" | "p999" | "max" | "count"
 *   op        = "<" | "<=" | ">" | ">=" | "==" | "!="
 *   value     = number [ "ms" | "s" | "%" ]
 *
 *   broadcast.latency.p99 < 250ms
 *   delivery.unknown / delivery.expected <= 0.001
 *   broadcast.latency{transport=polling}.p95 < 1s
 */

import { UsageError } from '../../base/errors.ts';
import { catalogue, isMetricName } from '../metrics/metric-catalogue.ts';
import { type Labels, metricKey, parseMetricKey } from '../metrics/metric-key.ts';
import type { Metric, Metrics, RunRecord } from '../run-record/run-record.ts';

const statistics = ['min', 'mean', 'p50', 'p90', 'p95', 'p99', 'p999', 'max', 'count'] as const;
const operators = ['<=', '>=', '==', '!=', '<', '>'] as const;

type Statistic = (typeof statistics)[number];
type Operator = (typeof operators)[number];

interface Term {
  readonly key: string;
  readonly statistic: Statistic | 'value';
}

export interface Threshold {
  readonly text: string;
  readonly term: Term;
  readonly divisor: Term | undefined;
  readonly operator: Operator;
  /** In the metric's unit; times in ms. */
  readonly bound: number;
  readonly unit: 'ms' | '1';
}

/** What became of a threshold. `why` says what was missing where the outcome is unknown. */
export type ThresholdResult = RunRecord['verdict']['thresholds'][number];

/** Reads a threshold. Throws a UsageError that says what was expected. */
export function parseThreshold(text: string): Threshold {
  const match = /^(.+?)(<=|>=|==|!=|<|>)(.+)$/.exec(text);
  if (!match) throw wrong(text, 'a comparison such as delivery.lost == 0');
  const [left, right, ...more] = match[1]!.split('/').map((part) => part.trim());
  if (more.length > 0) throw wrong(text, 'at most one division');
  const term = parseTerm(left!, text);
  const divisor = right === undefined ? undefined : parseTerm(right, text);
  const unit = divisor === undefined ? unitOf(term) : '1';
  return { text, term, divisor, operator: match[2] as Operator, bound: parseBound(match[3]!.trim(), unit, text), unit };
}

/**
 * Holds a threshold against the metrics of a run. A metric without samples makes it unknown, never passed, and so does a fault
 * that touched no one.
 */
export function evaluateThreshold(
  threshold: Threshold,
  metrics: Metrics,
  untested: readonly string[] = [],
): ThresholdResult {
  const { text, term, divisor, operator, bound, unit } = threshold;
  const isUntested = labelsIn(threshold).some(({ fault }) => fault !== undefined && untested.includes(fault));
  if (isUntested) return { text, outcome: 'unknown', why: 'notTested' };
  const overDeliveries = [term, divisor].some((t) => t?.key.startsWith('delivery.'));
  if (overDeliveries && !(numberAt(metrics, { key: 'delivery.expected', statistic: 'value' }) ?? 0)) {
    return { text, outcome: 'unknown', why: 'nothingExpected' };
  }
  const above = numberAt(metrics, term);
  const below = divisor ? numberAt(metrics, divisor) : 1;
  if (above === null || below === null) return { text, outcome: 'unknown', why: 'insufficient' };
  if (above === undefined || !below) return { text, outcome: 'unknown', why: 'noSamples' };
  const value = above / below;
  return { text, outcome: holds(value, operator, bound) ? 'pass' : 'fail', value, unit };
}

/** The labels of the metrics that a threshold is over. */
export function labelsIn({ term, divisor }: Threshold): Labels[] {
  return [term, divisor].flatMap((one) => (one ? [parseMetricKey(one.key)?.labels ?? {}] : []));
}

function parseTerm(words: string, text: string): Term {
  const [, path = words, braces = '', behind] = /^([\w.]+)(\{[^{}]*\})?(?:\.(\w+))?$/.exec(words) ?? [];
  const dot = path.lastIndexOf('.');
  const splits = !braces && statistics.some((known) => known === path.slice(dot + 1));
  const name = splits ? path.slice(0, dot) : path;
  const statistic = splits ? path.slice(dot + 1) : behind;
  if (!isMetricName(name)) throw wrong(text, `a metric of the catalogue in place of ${quote(name)}`);
  const key = parseMetricKey(name + braces);
  if (!key) throw wrong(text, `labels such as {transport=polling} in place of ${quote(braces)}`);
  return { key: metricKey(name, key.labels), statistic: checkStatistic(name, statistic, text) };
}

function checkStatistic(name: keyof typeof catalogue, statistic: string | undefined, text: string): Term['statistic'] {
  const isDistribution = catalogue[name].type === 'distribution';
  if (catalogue[name].type === 'gauge')
    throw wrong(text, `a distribution or a counter; ${name} is sampled each second`);
  if (!isDistribution && statistic) throw wrong(text, `no statistic: ${name} is a single number`);
  if (!isDistribution) return 'value';
  if (!statistics.some((known) => known === statistic)) {
    throw wrong(text, `one of ${statistics.map((s) => `${name}.${s}`).join(', ')}`);
  }
  return statistic as Statistic;
}

function unitOf(term: Term): 'ms' | '1' {
  const name = parseMetricKey(term.key)!.name as keyof typeof catalogue;
  return catalogue[name].unit === 'ms' && term.statistic !== 'count' ? 'ms' : '1';
}

function parseBound(words: string, unit: 'ms' | '1', text: string): number {
  const match = /^(-?\d+(?:\.\d+)?)\s*(ms|s|%)?$/.exec(words);
  const number = Number(match?.[1]);
  if (unit === 'ms') {
    if (match?.[2] !== 'ms' && match?.[2] !== 's')
      throw wrong(text, `a time such as 250ms in place of ${quote(words)}`);
    return match[2] === 's' ? number * 1000 : number;
  }
  if (!match || match[2] === 'ms' || match[2] === 's') throw wrong(text, `a number in place of ${quote(words)}`);
  return match[2] === '%' ? number / 100 : number;
}

/** Undefined where there are no samples, null where there are too few behind a percentile. */
function numberAt(metrics: Metrics, term: Term): number | null | undefined {
  const metric: Metric | undefined = Object.hasOwn(metrics, term.key) ? metrics[term.key] : undefined;
  if (!metric) return undefined;
  if ('value' in metric) return term.statistic === 'value' ? metric.value : undefined;
  return term.statistic === 'value' || metric.count === 0 ? undefined : metric[term.statistic];
}

function holds(value: number, operator: Operator, bound: number): boolean {
  switch (operator) {
    case '<':
      return value < bound;
    case '<=':
      return value <= bound;
    case '>':
      return value > bound;
    case '>=':
      return value >= bound;
    case '==':
      return value === bound;
    case '!=':
      return value !== bound;
  }
}

function wrong(text: string, expected: string): UsageError {
  return new UsageError('THRESHOLD', `Expected ${expected}, got the threshold ${quote(text)}`, text);
}

function quote(words: string): string {
  return `\`${words}\``;
}
