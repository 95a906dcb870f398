/** What a search for a capacity came to, in sentences. */

import { capitalized } from '../../base/capitalized.ts';
import type { CapacityWindowEvent } from '../../measure/metrics/events.ts';
import type { FoldedRun, RunRecord } from '../../measure/run-record/run-record.ts';
import { count, counted, listed, ms, percent, plainNumber } from './quantities.ts';

type Capacity = NonNullable<RunRecord['capacity']>;
type Level = Capacity['levels'][number];
type Run = Pick<FoldedRun, 'search' | 'capacity' | 'target'>;

/** A level in its unit: `1,800 users in rooms of 20`. */
export function levelWords({ search }: Pick<Run, 'search'>, level: number): string {
  if (!search) return count(level);
  switch (search.find) {
    case 'users':
      return `${counted(level, 'user')} in rooms of ${count(search.roomSize ?? 0)}`;
    case 'rate':
      return `${count(level)} messages/s of ${counted(search.users, 'user')} in rooms of ${count(search.roomSize ?? 0)}`;
    case 'rooms':
      return `a room of ${counted(level, 'user')}`;
  }
}

/** The answer: what was carried and how sure that is, what was not, and what gave way. */
export function capacitySentence(run: Run): string {
  const { search, capacity } = run;
  if (!search || !capacity) return '';
  const { confirmed, refuted, end } = capacity;
  if (end === 'unfinished') return 'The search has no answer so far.';
  if (confirmed === null) {
    return refuted === null
      ? 'The load generator was not healthy: nothing is known of the server.'
      : `This server did not even carry ${levelWords(run, refuted)}${because(capacity)}.`;
  }
  const carried = carriedWords(run, confirmed);
  if (refuted === null) return `${carried}; more was not tried: ${whyNoMore(capacity)}.`;
  return `${carried}; at ${count(refuted)} it did not${because(capacity)}.`;
}

function carriedWords(run: Run, confirmed: number): string {
  const { confidence, windows, isAtLeast } = run.capacity!;
  const { good, window, slo, confidence: wanted } = run.search!;
  const least = isAtLeast ? 'at least ' : '';
  const what = `${least}${levelWords(run, confirmed)}`;
  if (confidence < wanted)
    return `This server seemed to carry ${what}, which was not confirmed (${count(windows.held)} of ${counted(windows.seen, 'window')} held)`;
  const sure = `${percent(confidence)} confident that ${share(good)} ${window}-second windows hold ${listed(slo.map(shortly))}`;
  return `This server carried ${what} (${sure})`;
}

/** What gave way where it did not hold, by itself. */
export function limitSentence(run: Run): string {
  const { capacity } = run;
  if (!capacity || capacity.refuted === null) return '';
  return `${capitalized(levelWords(run, capacity.refuted))} were too much${because(capacity)}.`;
}

/** Why it is not more surely known, or more; empty where there is nothing to say. */
export function capacityCaveat({ search, capacity }: Run): string {
  if (!search || !capacity) return '';
  const { end, isAtLeast, isGeneratorBound, ceiling, confidence } = capacity;
  if (end === 'timeIsUp') return `Time was up: ${percent(confidence)} sure instead of ${percent(search.confidence)}.`;
  if (isGeneratorBound) return 'The load generator was not healthy above that: the server may carry more.';
  if (isAtLeast && ceiling !== null && end === 'confirmed')
    return `The load generator itself reaches about ${count(ceiling)} against a null target: the server may carry more.`;
  return '';
}

/** What the levels of a search are counted in. */
export function unitOfLevels({ search }: Pick<Run, 'search'>): string {
  return { users: 'users', rate: 'messages/s', rooms: 'users of the room' }[search?.find ?? 'users'];
}

/** Less than this is not seen at the loads there are. */
const NO_CONTENTION = 1e-4;
const NO_COHERENCY = 1e-9;

/** What the law of scalability says of how it grows; undefined where it was not fitted. */
export function lawSentence({ capacity, search }: Run): string | undefined {
  if (!capacity?.law || !search) return undefined;
  const { sigma, kappa } = capacity.law;
  if (sigma < NO_CONTENTION && kappa < NO_COHERENCY) return 'Deliveries grew in proportion to the load.';
  const peak =
    kappa > 0 ? ` By that it would peak at ${count(Math.round(Math.sqrt(Math.max(0, 1 - sigma) / kappa)))}.` : '';
  return `Of deliveries against load, the Universal Scalability Law has contention ${sigma.toExponential(1)} and coherency ${kappa.toExponential(1)} (for diagnosis only).${peak}`;
}

/** A level as the columns below want it. */
export function levelRow(level: Level): string[] {
  return [
    level.stage,
    count(level.level),
    `${level.held}/${level.windows - level.unhealthy}`,
    level.p99Ms === null ? '–' : ms(level.p99Ms),
    count(level.lost),
    level.cpu === null ? '–' : percent(level.cpu / 100),
    levelVerdict(level),
  ];
}

export const levelColumns = ['stage', 'level', 'held', 'p99', 'lost', 'server CPU', 'verdict'] as const;

/** The windows of one level, in a line: the load, what was seen, and the verdict. */
export function windowWords(windows: readonly CapacityWindowEvent[]): string {
  const [{ stage, level }] = windows as [CapacityWindowEvent];
  const counted = windows.filter(({ held }) => held !== null);
  const p99s = windows.flatMap(({ p99Ms }) => p99Ms ?? []);
  const told = [
    `${stage.padEnd(8)} ${count(level).padStart(7)}`,
    `p99 ${p99s.length === 0 ? '–' : ms(Math.max(...p99s))}`,
    `lost ${count(windows.reduce((sum, { lost }) => sum + lost, 0))}`,
    `${counted.filter(({ held }) => held).length} of ${windows.length} windows held`,
  ];
  const broke = [...new Set(windows.flatMap(({ held, broke }) => (held === false ? broke : [])))].map(failing);
  if (counted.length < windows.length) broke.push('generator not healthy');
  return `${told.join('  ')}${broke.length > 0 ? `  (${broke.join(', ')})` : ''}`;
}

/** Whether it held, and what did not in some of its windows. */
function levelVerdict({ outcome, broke }: Level): string {
  if (outcome === 'unknown') return 'generator not healthy';
  const what = broke.map(failing).join(', ');
  if (outcome === 'failed') return what;
  return what === '' ? 'held' : `held (at times ${what})`;
}

/** What happened after the overload; undefined where that was not looked at. */
export function recoverySentence({ capacity }: Pick<Run, 'capacity'>): string | undefined {
  if (!capacity || capacity.recovered === null) return undefined;
  if (!capacity.recovered)
    return 'After the overload it did not carry half of that again within the time it was given.';
  const { recoveryS } = capacity;
  return recoveryS === 0 || recoveryS === null
    ? 'After the overload it carried half of that again at once.'
    : `After the overload it took ${plainNumber(recoveryS)} s until it carried half of that again.`;
}

function because({ gaveWay, broke }: Capacity): string {
  const what = broke.length > 0 ? ` (${listed(broke.slice(0, 2).map(failing))})` : '';
  return gaveWay ? `: ${gaveWayWords(gaveWay)}${what}` : what;
}

/** What of the server was used up. */
function gaveWayWords({ resource, value }: NonNullable<Capacity['gaveWay']>): string {
  switch (resource) {
    case 'descriptors':
      return `the server had no descriptors left (${count(Math.round(value))} open)`;
    case 'redis':
      return `Redis used up its core (${percent(value / 100)})`;
    case 'memory':
      return `the server collected garbage for ${ms(value)} of each second`;
    case 'cpu':
      return `the server's CPU was used up (${percent(value / 100)} of a core)`;
    case 'loop':
      return `the server's event loop was saturated (up to ${ms(value)} late)`;
  }
}

/** What it looks like where a threshold does not hold. */
function failing(threshold: string): string {
  const known: Readonly<Record<string, string>> = {
    'delivery.lost == 0': 'losses',
    'connections.failed == 0': 'failed connections',
    'users missing': 'users missing',
  };
  return known[threshold] ?? `not ${shortly(threshold)}`;
}

/** `broadcast.latency.p99 < 250ms` as `p99 < 250ms`. */
function shortly(threshold: string): string {
  return threshold
    .replace('broadcast.latency.', '')
    .replace('delivery.lost == 0', 'no loss')
    .replace('connections.failed == 0', 'no failed connection');
}

/** `9 of 10`. */
function share(good: number): string {
  return `${plainNumber(Math.round(good * 10 * 10) / 10)} of 10`;
}

function whyNoMore({ end }: Capacity): string {
  if (end === 'generator') return 'the load generator was not healthy beyond it';
  return end === 'most'
    ? 'it is the most that was asked for, or that this machine has descriptors and ports for'
    : 'time was up';
}
