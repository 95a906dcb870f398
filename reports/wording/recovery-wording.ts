import type { FoldedRun, RunRecord } from '../../measure/run-record/run-record.ts';
import { count, counted, listed, percent } from './quantities.ts';

export type RecoveryCell = NonNullable<RunRecord['recovery']>['cells'][number];

/** How a link was lost, as people call it. */
const wayNames: Readonly<Record<string, string>> = {
  reset: 'reset (RST)',
  close: 'close (FIN)',
  silence: 'silent link',
  switch: 'network switch',
  sleep: 'sleeping computer',
};

/** What happened to clients of each way. */
export const wayAbouts: Readonly<Record<string, string>> = {
  reset: 'Client and server are told at once that the link is gone.',
  close: 'As reset, by an orderly end.',
  silence: 'Nothing arrives any more, and nobody is told; the client comes back on a new link.',
  switch: 'The client leaves its network at once; the server hears nothing of it.',
  sleep: 'The computer stands still, and wakes on the network that it slept on.',
};

export function wayName(way: string): string {
  return wayNames[way] ?? way;
}

/** What became of a cell's clients: all kept their link, all had their session again, none had, or some of each. */
export type CellOutcome = 'kept' | 'recovered' | 'mixed' | 'fresh' | 'absent' | 'untested';

export function outcomeOfCell({ clients, kept, recovered, absent }: RecoveryCell): CellOutcome {
  if (clients === 0) return 'untested';
  if (kept === clients) return 'kept';
  if (kept + recovered === clients) return 'recovered';
  if (absent === clients) return 'absent';
  return kept + recovered === 0 ? 'fresh' : 'mixed';
}

export const outcomeWordsOfCell: Readonly<Record<CellOutcome, string>> = {
  kept: 'link kept',
  recovered: 'recovered',
  mixed: 'some recovered',
  fresh: 'new session',
  absent: 'not back',
  untested: 'not tested',
};

/** Of how many clients the session went on. */
export function sessionsOf({ clients, kept, recovered }: RecoveryCell): string {
  return `${count(kept + recovered)} of ${count(clients)}`;
}

export function secondsAway(awayMs: number): string {
  return `${awayMs / 1000} s`;
}

/** The ways in which links were lost and the times away, each once, in order. */
export function axesOf(cells: readonly Pick<RecoveryCell, 'way' | 'awayMs'>[]): {
  readonly ways: string[];
  readonly aways: number[];
} {
  return {
    ways: [...new Set(cells.map(({ way }) => way))],
    aways: [...new Set(cells.map(({ awayMs }) => awayMs))].sort((a, b) => a - b),
  };
}

/** A sum over cells. */
export function totalOf(cells: readonly RecoveryCell[], of: (cell: RecoveryCell) => number): number {
  return cells.reduce((total, cell) => total + of(cell), 0);
}

/** How many clients had their session again, and for how long an absence each way allows. */
export function recoverySentenceOf({ recovery }: Pick<FoldedRun, 'recovery'>): string {
  const { cells } = recovery!;
  const clients = totalOf(cells, (cell) => cell.clients);
  const went = totalOf(cells, ({ kept, recovered }) => kept + recovered);
  if (clients === 0) return 'no client was there to lose its link';
  const spans = Map.groupBy(axesOf(cells).ways, (way) => spanOf(cells.filter((cell) => cell.way === way)));
  const told = [...spans].map(([span, ways]) => `${listed(ways)} ${span}`);
  return `${counted(clients, 'client')} lost their link, and ${percent(went / clients)} of them had their session again: ${told.join('; ')}`;
}

/** The times away after which every client of a way had its session again. */
function spanOf(cells: readonly RecoveryCell[]): string {
  const good = cells
    .filter((cell) => cell.clients > 0 && cell.kept + cell.recovered === cell.clients)
    .map(({ awayMs }) => awayMs);
  if (good.length === 0) return 'never';
  const [first, last] = [Math.min(...good), Math.max(...good)];
  return first === last ? `after ${secondsAway(first)}` : `after ${first / 1000} to ${secondsAway(last)}`;
}

export type AuditRow = NonNullable<RunRecord['recovery']>['audit'][number];

export const auditWords: Readonly<Record<AuditRow['outcome'], string>> = {
  held: '✓ held',
  broken: '✗ did not',
  notShown: '– not shown',
};

export const promiseWords: Readonly<Record<AuditRow['promised'], string>> = {
  yes: 'promised',
  no: 'not promised',
  unsaid: 'undocumented',
};

/** The titles of what was looked at besides, in the order in which it is told. */
export const auditTopics: readonly {
  readonly topic: AuditRow['topic'];
  readonly title: string;
  readonly subject: string;
}[] = [
  { topic: 'matrix', title: 'Is the session recovered, with everything that was sent meanwhile?', subject: 'Adapter' },
  { topic: 'toServer', title: 'Does what a client sends arrive once, and in order?', subject: 'Policy of the client' },
  { topic: 'cluster', title: 'What holds between nodes?', subject: 'Adapter' },
];
