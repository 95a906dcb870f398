import type { FoldedRun } from '../../measure/run-record/run-record.ts';
import { count, counted, listed } from '../wording/quantities.ts';
import { type RecoveryCell, secondsAway, totalOf } from '../wording/recovery-wording.ts';
import type { Finds } from './finding.ts';

/** What follows from clients that vanished and came back, and which setting would have saved their sessions. */
export const recoveryFinds = {
  'never-recovered': ({ recovery }) => {
    const cells = recovery?.cells ?? [];
    const lost = cells.filter(({ fresh }) => fresh > 0);
    if (lost.length === 0 || cells.some(({ recovered }) => recovered > 0)) return undefined;
    return {
      severity: 'critical',
      evidence: `No session was recovered: ${counted(
        totalOf(lost, ({ fresh }) => fresh),
        'client',
      )} came back with a new one${missedWords(lost)}.`,
      remedy: 'Enable `connectionStateRecovery` on the server, with an adapter that supports it.',
    };
  },

  'back-before-noticed': (run) => {
    const { noticedAfterMs } = run.absences ?? {};
    if (noticedAfterMs == null || !someRecovered(run)) return undefined;
    const early = (run.recovery?.cells ?? []).filter(
      ({ way, awayMs, fresh }) => silent.has(way) && fresh > 0 && awayMs < noticedAfterMs,
    );
    if (early.length === 0) return undefined;
    const shortest = Math.min(...early.map(({ awayMs }) => awayMs));
    return {
      severity: 'warning',
      evidence: `${counted(
        totalOf(early, ({ fresh }) => fresh),
        'client',
      )} came back before the server had noticed that the old link was silent (after ${awayWords(early)}): the session was not recovered${missedWords(early)}.`,
      remedy: `The server notices after pingInterval + pingTimeout, ${secondsAway(noticedAfterMs)} here: with ${secondsAway(shortest)}, these sessions would have been kept. For those who are back even sooner, have clients ask for what they missed by a number of their own.`,
    };
  },

  'session-expired': (run) => {
    if (!someRecovered(run)) return undefined;
    const { keptForMs, noticedAfterMs } = run.absences ?? {};
    const cells = run.recovery?.cells ?? [];
    // Where it is not known how long sessions are kept: longer than for what was recovered in the same way.
    const keptFor = (way: string) =>
      keptForMs ??
      Math.max(0, ...cells.filter((cell) => cell.way === way && cell.recovered > 0).map(({ awayMs }) => awayMs));
    const isEarly = ({ way, awayMs }: RecoveryCell) => silent.has(way) && awayMs < (noticedAfterMs ?? 0);
    const late = cells.filter((cell) => cell.fresh > 0 && cell.awayMs > keptFor(cell.way) && !isEarly(cell));
    if (late.length === 0) return undefined;
    const limit = keptForMs == null ? '' : `, ${secondsAway(keptForMs)} here`;
    const most = Math.max(...late.map(({ awayMs }) => awayMs));
    return {
      severity: 'info',
      evidence: `${counted(
        totalOf(late, ({ fresh }) => fresh),
        'client',
      )} came back after ${awayWords(late)} with a new session${missedWords(late)}: sessions are kept for maxDisconnectionDuration${limit}.`,
      remedy: `With a maxDisconnectionDuration of more than ${secondsAway(most)} these sessions would have been recovered. It costs memory: what is sent is kept as long.`,
    };
  },

  'replay-not-exact': ({ recovery }) => {
    const cells = (recovery?.cells ?? []).filter(
      (cell) => cell.recovered > 0 && cell.recovered + cell.kept === cell.clients,
    );
    const missed = totalOf(cells, ({ deliveries }) => deliveries?.missed ?? 0);
    const twice = totalOf(cells, ({ deliveries }) => deliveries?.duplicate ?? 0);
    if (missed + twice === 0) return undefined;
    const replayed = totalOf(cells, ({ deliveries }) => deliveries?.recovered ?? 0);
    const what = [
      ...(missed > 0 ? [`${counted(missed, 'delivery was', 'deliveries were')} missed`] : []),
      ...(twice > 0 ? [`${counted(twice, 'delivery', 'deliveries')} arrived twice`] : []),
    ];
    return {
      severity: 'warning',
      evidence: `Of clients whose session was recovered, ${listed(what)}, beside ${counted(replayed, 'replayed delivery', 'replayed deliveries')}: what is sent while a session is being recovered can come by replay and by the link, or by neither.`,
      remedy: 'Number messages, have clients ignore those that they have, and ask for those that they lack.',
    };
  },

  'promise-broken': ({ recovery }) => {
    const broken = (recovery?.audit ?? []).filter(
      ({ promised, outcome }) => promised === 'yes' && outcome === 'broken',
    );
    if (broken.length === 0) return undefined;
    const told = broken.map(({ subject, event, evidence }) => `${subject}, ${event}: ${evidence}`);
    return {
      severity: 'critical',
      evidence: `What the documentation promises did not hold: ${told.join(' ')}`,
      remedy: 'Look at `chatstorm case` for known defects of your versions, and have clients ask for what they missed.',
    };
  },

  'audit-incomplete': ({ recovery }) => {
    const open = (recovery?.audit ?? []).filter(({ outcome }) => outcome === 'notShown');
    if (open.length === 0) return undefined;
    const reasons = [...new Set(open.map(({ evidence }) => evidence))];
    return {
      severity: 'warning',
      evidence: `${counted(open.length, 'row', 'rows')} of the audit could not be shown: ${reasons.join(' ')}`,
      remedy: null,
    };
  },

  'stayed-away': ({ recovery }) => {
    const gone = (recovery?.cells ?? []).filter(({ absent }) => absent > 0);
    if (gone.length === 0) return undefined;
    const ways = listed([...new Set(gone.map(({ way }) => way))]);
    return {
      severity: 'critical',
      evidence: `${counted(
        totalOf(gone, ({ absent }) => absent),
        'client',
      )} did not come back at all (${ways}).`,
      remedy: 'Look at the errors that clients reported, and whether the server refuses reconnections.',
    };
  },
} satisfies Finds;

/** Ways in which the server is not told. */
const silent: ReadonlySet<string> = new Set(['silence', 'switch']);

function someRecovered({ recovery }: FoldedRun): boolean {
  return (recovery?.cells ?? []).some(({ recovered }) => recovered > 0);
}

function awayWords(cells: readonly RecoveryCell[]): string {
  const times = [...new Set(cells.map(({ awayMs }) => awayMs))].sort((a, b) => a - b);
  const [first, last] = [times[0]!, times.at(-1)!];
  return first === last ? secondsAway(first) : `${first / 1000} to ${secondsAway(last)}`;
}

function missedWords(cells: readonly RecoveryCell[]): string {
  const missed = totalOf(cells, ({ deliveries }) => deliveries?.missed ?? 0);
  return missed === 0 ? '' : `, and ${count(missed)} deliveries were missed`;
}
