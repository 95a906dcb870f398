import { count, ms, plainNumber, shareOf, statistic } from '../../wording/quantities.ts';
import { html, type Markup } from '../shell/markup.ts';
import type { ListedRun, SortKey } from './list-query.ts';
import { verdictCell } from './run-words.ts';

/** A column of the list that is a figure or a word; what a run is stands before them. */
export interface Column {
  readonly key: SortKey;
  readonly title: string;
  /** What the title does not say. */
  readonly hint: string;
  readonly isNumber: boolean;
  cell(run: ListedRun): Markup;
}

/** The columns from the load that was made to what came of it. */
export const columns: readonly Column[] = [
  number('users', 'users', 'Crowd users', ({ users }) => count(users)),
  number('probes', 'probes', 'Probes: the bots that measure', ({ probes }) => count(probes)),
  number('rooms', 'rooms', 'Rooms', ({ rooms }) => count(rooms)),
  number('rate', 'msg/s', 'Messages of all talkers per second', ({ messagesPerSecond }) =>
    messagesPerSecond === 0 ? '–' : plainNumber(messagesPerSecond),
  ),
  number('measured', 'measured', 'How long was measured', ({ measuredSeconds }) => duration(measuredSeconds)),
  { key: 'verdict', title: 'verdict', hint: 'The verdict', isNumber: false, cell: verdictCell },
  result('p50', 'p50', 'Half of the deliveries arrived within', ({ p50 }) => statistic(p50)),
  result('p99', 'p99', '99 % of the deliveries arrived within', ({ p99 }) => statistic(p99)),
  result('delivered', 'delivered', 'Share of the expected deliveries', ({ delivered }) => share(delivered)),
  result('lost', 'lost', 'Lost deliveries', ({ lost, expected }) => (expected === 0 ? '–' : count(lost)), isLossy),
  result('back', 'slowest back', 'How long the slowest client was away after a fault', ({ slowestBack }) =>
    slowestBack === null ? '–' : ms(slowestBack),
  ),
];

type Finished = Extract<ListedRun, { state: 'finished' }>;

function number(key: SortKey, title: string, hint: string, tell: (run: ListedRun) => string): Column {
  return { key, title, hint, isNumber: true, cell: (run) => html`${tell(run)}` };
}

/** A figure that there is only once a run is over; it may be a bad one. */
function result(
  key: SortKey,
  title: string,
  hint: string,
  tell: (run: Finished) => string,
  isBad: (run: Finished) => boolean = () => false,
): Column {
  const cell = (run: ListedRun) => {
    if (run.state !== 'finished') return html``;
    const text = tell(run);
    const mood = isBad(run) ? 'bad' : text === 'insufficient' ? 'few' : '';
    return mood === '' ? html`${text}` : html`<span class="${mood}">${text}</span>`;
  };
  return { key, title, hint, isNumber: true, cell };
}

function isLossy({ lost }: Finished): boolean {
  return lost > 0;
}

/** Near 1, three digits would hide what was lost. */
function share(ratio: number | null): string {
  return ratio === null ? '–' : shareOf(ratio, 1);
}

function duration(seconds: number): string {
  if (seconds < 120) return `${count(seconds)} s`;
  return `${plainNumber(seconds / 60)} min`;
}
