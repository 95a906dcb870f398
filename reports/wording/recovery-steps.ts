import type { FoldedRun } from '../../measure/run-record/run-record.ts';
import { faultTime, goneFrom, isShared } from './outage-wording.ts';
import { count, ms } from './quantities.ts';
import type { Outage } from './score-column.ts';

/** A part of the way back: until half noticed, then until half, 95 % and all of those who were cut were back. */
export interface Stretch {
  readonly kind: 'unnoticed' | 'half' | 'most' | 'all' | 'never';
  /** Seconds from the fault's beginning. */
  readonly from: number;
  readonly to: number;
  readonly words: string;
}

/** How a fault went by, in seconds from its beginning. */
export interface Recovery {
  /** Undefined where it began for each client at another time. */
  readonly fault: { readonly until: number; readonly words: string } | undefined;
  /** In the order of time, without gaps; empty where no client was disconnected. */
  readonly stretches: readonly Stretch[];
  /** Until when the latency was not steady: null where it was not seen to be; undefined where nobody looked. */
  readonly latency: { readonly until: number | null; readonly words: string } | undefined;
  /** When nothing more was to be told. */
  readonly end: number;
}

export function recoveryOf(record: FoldedRun, outage: Outage): Recovery {
  const stretches = stretchesOf(record, outage);
  const back = stretches.at(-1)?.to ?? 0;
  if (!isShared(outage)) return { fault: undefined, stretches, latency: undefined, end: back };
  const { onAt, offAt, steadyAfter, herd } = outage;
  const lasts = offAt - onAt;
  const steadyAt = steadyAfter === null ? null : lasts + steadyAfter;
  return {
    fault: { until: lasts, words: lasts < AT_ONCE_S ? 'fault over at once' : `fault lasts ${ms(lasts * 1000)}` },
    stretches,
    latency: {
      until: steadyAt,
      words: steadyAt === null ? 'latency not seen to be steady' : `latency steady after ${ms(steadyAt * 1000)}`,
    },
    end: Math.max(lasts, back, steadyAt ?? 0, herd.attempts.length / 10),
  };
}

const AT_ONCE_S = 0.1;

function stretchesOf(record: FoldedRun, outage: Outage): Stretch[] {
  const { backAfter, onAt, to } = outage;
  const detect = faultTime(record, 'reconnect.detect', outage);
  const gone = goneFrom(outage);
  const after = (at: number) => `after ${ms(at * 1000)}`;
  const noticed = detect && (detect.p50 ?? detect.mean) / 1000;
  const milestones: readonly [Stretch['kind'], number | null | undefined, (at: number) => string][] = [
    [
      'unnoticed',
      noticed,
      (at) => (detect?.p50 === null ? `noticed ${after(at)} (mean)` : `half noticed ${after(at)}`),
    ],
    ['half', backAfter.half, (at) => `half back ${after(at)}`],
    ['most', backAfter.most, (at) => `95 % back ${after(at)}`],
    ['all', backAfter.all, (at) => `all back ${after(at)}`],
    ['never', gone === 0 ? null : to - onAt, () => `${count(gone)} never back`],
  ];
  const reached = milestones.flatMap(([kind, at, words]) => (typeof at === 'number' ? [{ kind, at, words }] : []));
  // Of few clients the one who makes it half may be the last: then all are back.
  const told = reached.filter(({ at }, i) => reached[i + 1] === undefined || reached[i + 1]!.at > at);
  return told.map(({ kind, at, words }, i) => ({ kind, from: told[i - 1]?.at ?? 0, to: at, words: words(at) }));
}
