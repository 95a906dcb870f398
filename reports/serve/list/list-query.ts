import type { Finished, Running } from '../digests/run-digest.ts';

/** A run that the list has a row for. */
export type ListedRun = Finished | Running;

/** What to show of the runs, and in which order; undefined for all. It is what the address of the list says. */
export interface ListQuery {
  readonly q: string | undefined;
  readonly scenario: string | undefined;
  readonly target: string | undefined;
  readonly verdict: string | undefined;
  readonly sort: Sort;
  /** How many rows at most. */
  readonly rows: number;
}

export interface Sort {
  readonly key: SortKey;
  readonly isDown: boolean;
}

export type Choice = 'scenario' | 'target' | 'verdict';

/** What runs are sorted by; null comes last either way. */
const values = {
  run: ({ scenario, labels }: ListedRun) => `${scenario} ${labels.join(' ')}`.toLowerCase(),
  target: ({ target }: ListedRun) => target,
  started: ({ startedAt }: ListedRun) => startedAt,
  verdict: (run: ListedRun) => verdictOf(run),
  users: ({ users }: ListedRun) => users,
  probes: ({ probes }: ListedRun) => probes,
  rooms: ({ rooms }: ListedRun) => rooms,
  rate: ({ messagesPerSecond }: ListedRun) => messagesPerSecond,
  measured: ({ measuredSeconds }: ListedRun) => measuredSeconds,
  p50: (run: ListedRun) => ofFinished(run, 'p50'),
  p99: (run: ListedRun) => ofFinished(run, 'p99'),
  delivered: (run: ListedRun) => ofFinished(run, 'delivered'),
  lost: (run: ListedRun) => ofFinished(run, 'lost'),
  back: (run: ListedRun) => ofFinished(run, 'slowestBack'),
} as const;

export type SortKey = keyof typeof values;

/** All there is to sort by. */
export const sortKeys = Object.keys(values) as SortKey[];

/** So many rows are shown at once, and so many more each time that more are asked for. */
export const ROWS = 200;

const newestFirst: Sort = { key: 'started', isDown: true };

/** Reads the query of an address; what it does not know is left out. */
export function listQuery(query: Readonly<Record<string, unknown>>): ListQuery {
  const one = (name: string) => {
    const value = query[name];
    return typeof value === 'string' && value.trim() !== '' ? value : undefined;
  };
  return {
    q: one('q'),
    scenario: one('scenario'),
    target: one('target'),
    verdict: one('verdict'),
    sort: sortIn(one('sort') ?? ''),
    rows: /^\d{1,5}$/.test(one('rows') ?? '') ? Math.max(ROWS, Number(one('rows'))) : ROWS,
  };
}

/** The address of the list for a query. */
export function listPath({ sort, rows, ...wanted }: ListQuery): string {
  const said = {
    ...wanted,
    sort: sortText(sort) || undefined,
    rows: rows === ROWS ? undefined : String(rows),
  };
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(said)) if (value !== undefined) query.set(name, value);
  return query.size === 0 ? '/' : `/?${query}`;
}

/** A sort as an address spells it: `p99`, or `-p99` for the highest first; nothing for the newest first. */
export function sortText({ key, isDown }: Sort): string {
  if (key === newestFirst.key && isDown === newestFirst.isDown) return '';
  return isDown ? `-${key}` : key;
}

/** The runs that a query asks for, in its order. */
export function listed(runs: readonly ListedRun[], query: ListQuery): ListedRun[] {
  const { q, scenario, target, verdict, sort } = query;
  const words = (q ?? '').toLowerCase().split(/\s+/);
  return runs
    .filter((one) => (scenario ?? one.scenario) === one.scenario && (target ?? one.target) === one.target)
    .filter((one) => (verdict ?? verdictOf(one)) === verdictOf(one))
    .filter((one) => {
      const text = searched(one);
      return words.every((word) => text.includes(word));
    })
    .sort((a, b) => compared(values[sort.key](a), values[sort.key](b), sort.isDown) || newer(a, b));
}

/** What there is to choose from, sorted. */
export function choicesOf(runs: readonly ListedRun[], choice: Choice): string[] {
  return [...new Set(runs.map((one) => (choice === 'verdict' ? verdictOf(one) : one[choice])))].sort();
}

/** The verdict of a run as the list says it. */
export function verdictOf(run: ListedRun): string {
  return run.state === 'running' ? 'in progress' : run.verdict;
}

function sortIn(text: string): Sort {
  const key = text.replace(/^-/, '') as SortKey;
  return sortKeys.includes(key) ? { key, isDown: text.startsWith('-') } : newestFirst;
}

function searched({ name, id, scenario, target, labels, git }: ListedRun): string {
  return [name, id, scenario, target, ...labels, git?.branch ?? '', git?.commit ?? ''].join('\n').toLowerCase();
}

type Figure = 'p50' | 'p99' | 'delivered' | 'lost' | 'slowestBack';

function ofFinished(run: ListedRun, figure: Figure): number | null {
  return run.state === 'finished' ? run[figure] : null;
}

function compared(a: string | number | null, b: string | number | null, isDown: boolean): number {
  if (a === b) return 0;
  if (a === null || b === null) return a === null ? 1 : -1;
  return a < b === isDown ? 1 : -1;
}

function newer(a: ListedRun, b: ListedRun): number {
  return compared(a.startedAt, b.startedAt, true);
}
