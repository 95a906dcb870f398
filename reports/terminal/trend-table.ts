import { printableData } from '../../base/printable.ts';
import { count, ms, statistic } from '../wording/quantities.ts';
import type { VerdictWord } from '../wording/verdict-wording.ts';
import type { Terminal } from './terminal.ts';
import { table } from './text-table.ts';

/** What a trend tells of a run. */
export interface TrendRun {
  readonly name: string;
  readonly startedAt: string;
  readonly verdict: VerdictWord;
  /** Whether it is neither invalid nor cut short. */
  readonly isSound: boolean;
  /** ms; null where too few messages stand behind it. */
  readonly p99: number | null;
  readonly lost: number;
  readonly expected: number;
}

const STEPS = '▁▂▃▄▅▆▇█';

/** What runs have in common that are alike: their scenario, and where and how it was run, in words. */
export interface TrendGroup {
  readonly scenario: string;
  readonly about: string;
}

/**
 * Like runs, the oldest first: what they are, p99 as a line of blocks, then a row for each. Those that are not `isSound` have
 * a row only.
 */
export function trendTable(group: TrendGroup, runs: readonly TrendRun[], terminal: Terminal): string {
  const { paint } = terminal;
  const { scenario, about } = printableData(group);
  const sound = runs.filter(({ isSound }) => isSound).map(({ p99 }) => p99);
  const known = sound.filter((value) => value !== null);
  const range = known.length > 0 ? `  ${ms(Math.min(...known))} to ${ms(Math.max(...known))}` : '';
  const rows = runs
    .map(printableData)
    .map(({ name, startedAt, verdict, p99, lost, expected }) => [
      `${startedAt.slice(0, 10)} ${startedAt.slice(11, 16)}`,
      paint(verdict === 'passed' ? 'green' : verdict === 'failed' ? 'red' : 'yellow', verdict),
      statistic(p99),
      count(lost),
      count(expected),
      paint('dim', name),
    ]);
  return [
    `${paint('bold', scenario)}  ${paint('dim', about)}`,
    `p99 ${sparkline(sound)}${range}`,
    table(['started (UTC)', 'verdict', 'p99', 'lost', 'expected', 'run'], rows, terminal, 'left'),
  ].join('\n');
}

/** A character for each value, from 0 to the highest; a space where there is none. */
export function sparkline(values: readonly (number | null)[]): string {
  const highest = Math.max(...values.map((value) => value ?? 0), Number.MIN_VALUE);
  const step = (value: number) => STEPS[Math.min(STEPS.length - 1, Math.floor((value / highest) * STEPS.length))];
  return values.map((value) => (value === null ? ' ' : step(value))).join('');
}
