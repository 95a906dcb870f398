import sliceAnsi from 'slice-ansi';
import stringWidth from 'string-width';
import { printableData } from '../../base/printable.ts';
import type { Progress } from '../../measure/fold/progress.ts';
import { count, ms } from '../wording/quantities.ts';
import type { Terminal } from './terminal.ts';

/** So many faults at once are told by name. */
const MOST_NAMED = 3;

/** The bar's length, and that on a narrow terminal. */
const BAR = 24;
const SHORT_BAR = 8;

/** What may be left out for the width, in this order: the figures, the phase, and then most of the bar and all of it. */
const omissions = ['users', 'deliveries', 'messages', 'phase', 'long bar', 'bar'] as const;

type Omission = (typeof omissions)[number];

/** Where a run stands, in one line that fits: the scenario, the seconds, p99 and the faults are left to the last. */
export function progressLine(progress: Progress, { paint, width }: Terminal): string {
  const told = printableData(progress);
  for (let some = 0; some <= omissions.length; some++) {
    const line = lineWithout(new Set(omissions.slice(0, some)), told, paint);
    if (stringWidth(line) <= width) return line;
  }
  return sliceAnsi(lineWithout(new Set(omissions), told, paint), 0, width);
}

function lineWithout(left: ReadonlySet<Omission>, progress: Progress, paint: Terminal['paint']): string {
  const { scenario, phase, at, of, users, messagesPerSecond, deliveriesPerSecond, p99Ms, faults } = progress;
  const unless = (omission: Omission, text: string) => (left.has(omission) ? [] : [text]);
  const bar = unless('bar', barOf(at / of, left.has('long bar') ? SHORT_BAR : BAR, paint));
  return [
    [paint('bold', scenario), ...unless('phase', phase.padEnd(7))].join(' '),
    [...bar, `${Math.floor(at)}/${of} s`].join(' '),
    ...unless('users', `${count(users)} users`),
    ...unless('messages', `${count(messagesPerSecond)} messages/s`),
    ...unless('deliveries', `${count(deliveriesPerSecond)} deliveries/s`),
    `p99 ${p99Ms === null ? '–' : ms(p99Ms)}`,
    ...(faults.length > 0 ? [paint('yellow', faultWords(faults))] : []),
  ].join('  ');
}

/** The faults by name, or their number where there are many at once. */
function faultWords(faults: readonly string[]): string {
  return faults.length > MOST_NAMED ? `${count(faults.length)} faults` : faults.join(', ');
}

function barOf(share: number, length: number, paint: Terminal['paint']): string {
  const done = Math.round(Math.min(1, share) * length);
  return paint('cyan', '━'.repeat(done)) + paint('dim', '─'.repeat(length - done));
}
