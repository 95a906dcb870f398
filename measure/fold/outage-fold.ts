import { type Event, outcomes } from '../metrics/events.ts';
import type { RunPlan, RunRecord } from '../run-record/run-record.ts';
import {
  type ClientOutage,
  clientOutageOf,
  clientsOf,
  type OutageTime,
  onsetsOf,
  type Span,
  spansOf,
  timesOf,
} from './client-outages.ts';
import { outageNodesOf } from './node-fold.ts';
import { herdOf } from './reconnect-storm.ts';
import { range } from './seconds.ts';
import type { Timeline } from './timeline.ts';

export type Outage = RunRecord['outages'][number];

/** What every fault of the timeline did to the probes that it touched, from the raw events of their connections. */
export function outagesOf(
  plan: RunPlan,
  events: readonly Event[],
  timeline: Timeline,
  isClosed: boolean,
): { outages: Outage[]; times: OutageTime[] } {
  const outages: Outage[] = [];
  const times: OutageTime[] = [];
  const clients = clientsOf(events);
  for (const planned of plan.outages) {
    const failed = failuresOf(planned, events);
    const span = spanOf(planned, events, failed.length > 0);
    if (!span) continue;
    const own = [...clients].filter(([bot]) => planned.bots[0] <= bot && bot < planned.bots[0] + planned.bots[1]);
    const onsets = onsetsOf(span.fault, events);
    const ofClients = own.flatMap(([bot, history]) =>
      spansOf(span, bot, onsets, history).map((one) => clientOutageOf(history, one)),
    );
    times.push(...ofClients.flatMap((outage) => timesOf(outage, span.fault)));
    outages.push({
      fault: span.fault,
      kinds: planned.kinds,
      what: planned.what,
      onAt: span.onAt / 1000,
      offAt: span.offAt / 1000,
      to: planned.to,
      ...countsOf(ofClients),
      failed,
      herd: herdOf(
        own.flatMap(([, history]) => history),
        span,
        timeline,
      ),
      ledger: isForAll(planned) ? ledgerOf(timeline, range(planned.from, planned.to), isClosed) : null,
      steadyAfter: isForAll(planned) ? steadyAfter(timeline, planned) : null,
      presence: presenceOf(events, span),
      nodes: isForAll(planned) ? outageNodesOf(timeline, planned) : null,
    });
  }
  return { outages, times };
}

type Planned = RunPlan['outages'][number];

/** Whether a fault affects everyone; personas come after all other bots, by number. */
function isForAll({ bots: [first] }: Planned): boolean {
  return first === 0;
}

/** The planned faults that were never made. */
export function unmadeFaults(plan: RunPlan, outages: readonly Outage[]): string[] {
  return plan.outages.flatMap(({ fault }) => (outages.some((made) => made.fault === fault) ? [] : [fault]));
}

/** Why the code of those who lived a persona failed. */
function failuresOf({ bots: [first, count] }: Planned, events: readonly Event[]): Outage['failed'] {
  const reasons = new Map<string, number>();
  for (const event of events) {
    if (event.kind !== 'personaFailed' || event.bot < first || event.bot >= first + count) continue;
    reasons.set(event.reason, (reasons.get(event.reason) ?? 0) + 1);
  }
  return [...reasons].map(([reason, clients]) => ({ reason, clients }));
}

/**
 * When the fault really began and ended, by its own events; of a persona that failed before, as it was planned. Undefined
 * where the run never came to it.
 */
function spanOf({ fault, from, to, bots }: Planned, events: readonly Event[], hasFailed: boolean): Span | undefined {
  const on = events.find((event) => event.kind === 'faultOn' && event.fault === fault);
  if (!on && bots[0] > 0 && hasFailed) return { fault, onAt: from * 1000, offAt: from * 1000, toAt: to * 1000 };
  if (!on) return undefined;
  const off = events.findLast((event) => event.kind === 'faultOff' && event.fault === fault);
  return { fault, onAt: on.at, offAt: off?.at ?? to * 1000, toAt: to * 1000 };
}

function countsOf(outages: readonly ClientOutage[]) {
  const sum = (of: (outage: ClientOutage) => number) => outages.reduce((total, outage) => total + of(outage), 0);
  const cut = outages.filter(({ noticedAt }) => noticedAt !== undefined);
  const returned = cut.filter(({ isUp }) => isUp).map(({ backAt, onAt }) => (backAt ?? onAt) - onAt);
  const reasons = new Map<string, number>();
  for (const { lastReason } of cut.filter(({ isUp }) => !isUp))
    reasons.set(lastReason, (reasons.get(lastReason) ?? 0) + 1);
  return {
    clients: outages.filter(({ wasUp }) => wasUp).length,
    disconnected: cut.length,
    back: outages.filter(({ wasUp, isUp }) => wasUp && isUp).length,
    backAfter: {
      half: afterShare(returned, cut.length, 0.5),
      most: afterShare(returned, cut.length, 0.95),
      all: afterShare(returned, cut.length, 1),
    },
    never: [...reasons].map(([reason, clients]) => ({ reason, clients })),
    deaf: outages.filter(({ isDeaf }) => isDeaf).length,
    reconnects: sum(({ gaps }) => gaps.length),
    recovered: sum(({ recovered }) => recovered),
    attempts: sum(({ attempts }) => attempts),
    pingTimeouts: sum(({ pingTimeouts }) => pingTimeouts),
  };
}

/** When so many of the `cut` were back, s; null where they never were, or no client was disconnected. */
function afterShare(returned: readonly number[], cut: number, share: number): number | null {
  const wanted = Math.ceil(cut * share);
  const sorted = [...returned].sort((a, b) => a - b);
  return wanted === 0 || sorted.length < wanted ? null : sorted[wanted - 1]! / 1000;
}

const counted = ['expected', 'delivered', 'recovered', 'missed', 'lost', 'unknown', 'duplicate', 'reordered'] as const;
const causes = ['offline', 'cut', 'left', 'silent'] as const;

/** The ledgers of the measured seconds that belong to no fault of all clients that was made; null without planned faults. */
export function betweenFaultsOf(
  { outages: planned, phases }: RunPlan,
  made: readonly Outage[],
  timeline: Timeline,
  isClosed: boolean,
): RunRecord['betweenFaults'] {
  if (planned.length === 0) return null;
  const isIn = (second: number, some: readonly Planned[]) => some.some(({ from, to }) => from <= second && second < to);
  const done = planned.filter(({ fault }) => made.some((outage) => outage.fault === fault));
  const [shared, personas] = [done.filter(isForAll), done.filter((one) => !isForAll(one))];
  const rest = range(phases.warmup, phases.warmup + phases.measure).filter((second) => !isIn(second, shared));
  const [lived, calm] = [
    rest.filter((second) => isIn(second, personas)),
    rest.filter((second) => !isIn(second, personas)),
  ];
  return {
    personas: personas.length === 0 ? null : ledgerOf(timeline, lived, isClosed),
    calm: ledgerOf(timeline, calm, isClosed),
  };
}

/** The ledger of the messages that were due in some seconds; what the probes did not settle before they ended is unknown. */
function ledgerOf(timeline: Timeline, seconds: readonly number[], isClosed: boolean): NonNullable<Outage['ledger']> {
  const of = (key: string) => seconds.reduce((sum, second) => sum + timeline.counter(key, second), 0);
  const ledger = Object.fromEntries(counted.map((name) => [name, of(`delivery.${name}`)])) as Record<
    (typeof counted)[number],
    number
  >;
  const missedBy = Object.fromEntries(causes.map((cause) => [cause, of(`delivery.missed{cause=${cause}}`)]));
  const settled = outcomes.reduce((sum, outcome) => sum + ledger[outcome], 0);
  const unknown = isClosed ? ledger.unknown : ledger.unknown + ledger.expected - settled;
  return { ...ledger, unknown, missedBy } as NonNullable<Outage['ledger']>;
}

/** Seconds before a fault that its calm is taken from, and how many calm seconds in a row are calm again. */
const BEFORE_S = 3;
const CALM_S = 2;
/** p99 of a second moves by itself: so much above the worst second before is still the same, or so many ms. */
const SLACK = 1.5;
const SLACK_MS = 10;

/** Seconds from the fault's end until p99 was back where it had been before it; null where it was not, or is not known. */
function steadyAfter(timeline: Timeline, { from, until, to }: Planned): number | null {
  const p99 = (second: number) => timeline.p99At(second);
  const before = Array.from({ length: BEFORE_S }, (_, i) => p99(from - 1 - i)).filter((value) => value !== undefined);
  if (before.length === 0) return null;
  const limit = Math.max(Math.max(...before) * SLACK, Math.max(...before) + SLACK_MS);
  for (let second = until, calm = 0; second < to; second++) {
    const now = p99(second);
    calm = now !== undefined && now <= limit ? calm + 1 : 0;
    if (calm === CALM_S) return second - until - CALM_S + 1;
  }
  return null;
}

/** Whether those whom the target lists as present were those who were, as far as it was asked; null where it was not. */
function presenceOf(events: readonly Event[], { onAt, toAt }: Span): Outage['presence'] {
  const looks = events.filter((event) => event.kind === 'presence').filter(({ at }) => at >= onAt && at < toAt);
  const last = looks.at(-1);
  if (!last) return null;
  const haunted = looks.filter(({ ghosts }) => ghosts > 0);
  return {
    ghosts: Math.max(0, ...looks.map(({ ghosts }) => ghosts)),
    missing: Math.max(0, ...looks.map(({ missing }) => missing)),
    ghostsUntil: haunted.length === 0 ? null : (haunted.at(-1)!.at - onAt) / 1000,
    rightAtEnd: looks
      .filter(({ at }) => at > last.at - SAME_LOOK_MS)
      .every(({ ghosts, missing }) => ghosts + missing === 0),
  };
}

/** Rooms are asked at about the same time. */
const SAME_LOOK_MS = 500;
