import { starvedOf } from '../judge/cross-check.ts';
import { steadinessOf } from '../judge/steadiness.ts';
import { type Baseline, type FailedPersona, untestedFaults } from '../judge/substance.ts';
import { evaluateThreshold, parseThreshold } from '../judge/thresholds.ts';
import { checkTrust, type GeneratorRole, type TrustInput } from '../judge/trust.ts';
import { worstOutcome } from '../judge/verdict.ts';
import type { Event, EventLine, RunEvent } from '../metrics/events.ts';
import { type Source, sourceName, sourceOf } from '../metrics/source.ts';
import type { Window } from '../metrics/window.ts';
import type { FoldedRun, Metrics, RunPlan, RunRecord } from '../run-record/run-record.ts';
import { bootstrap } from '../statistics/bootstrap.ts';
import { capacityBreaches, capacityIntervals, capacityMetrics, capacityOf } from './capacity-fold.ts';
import { cellTimesOf, fallbackOf } from './fallback-cells.ts';
import { Sums } from './metric-sums.ts';
import { nodesOf } from './node-fold.ts';
import { betweenFaultsOf, type Outage, outagesOf, unmadeFaults } from './outage-fold.ts';
import { participationOf } from './participation.ts';
import { recoveryIntervals, recoveryMetrics, recoveryOf, untestedAbsences } from './recovery-fold.ts';
import { inWholeRun, ShardFolds, withoutBlurred } from './shard-fold.ts';
import { Timeline } from './timeline.ts';

/**
 * The fold of a run that may still go on: lines are added as they come, and the record so far may be had at any time.
 * Pure, and the same whatever the order of the lines and however they came.
 */
export class RunningFold {
  readonly #plan: RunPlan;
  readonly #sums: Sums;
  readonly #timeline = new Timeline();
  readonly #shards: ShardFolds;
  /** The processes of the probes that wrote anything, and those that have settled all they had open. */
  readonly #probes = { seen: new Set<string>(), closed: new Set<string>() };
  readonly #events: (Event & { source: Source })[] = [];

  constructor(plan: RunPlan) {
    this.#plan = plan;
    this.#sums = new Sums(plan);
    this.#shards = new ShardFolds(plan);
  }

  /** Throws where a window holds something else than histograms. */
  add(lines: Iterable<Window | EventLine>): void {
    for (const given of lines) {
      const line = 'event' in given ? inWholeRun(given, this.#plan) : given;
      if (line.source.role === 'probes') this.#probes.seen.add(sourceName(line.source));
      if ('event' in line) {
        if (line.event.kind === 'closed') this.#probes.closed.add(sourceName(line.source));
        this.#events.push({ ...line.event, source: line.source });
        continue;
      }
      this.#sums.add(line);
      this.#timeline.add(line);
      this.#shards.add(line);
    }
  }

  /** The record of a run that is over: without a word of its end, it was cut short. */
  record(notes: readonly string[] = []): FoldedRun {
    return this.#record(notes, true);
  }

  /**
   * The record of a run in progress, made cheaply: without intervals and encoded histograms. What is not settled yet
   * is `unknown`, and the run `partial`.
   */
  snapshot(): FoldedRun {
    return this.#record([], false);
  }

  #record(notes: readonly string[], isOver: boolean): FoldedRun {
    const plan = this.#plan;
    const timeline = this.#timeline;
    const events = this.#events;
    const sums = this.#sums.fork();
    const { seen, closed: ended } = this.#probes;
    const areAllThere = (plan.load.shards ?? []).every(({ number }) =>
      seen.has(sourceName(sourceOf('probes', 0, number))),
    );
    const closed = areAllThere && seen.size > 0 && [...seen].every((name) => ended.has(name));
    const isOfWhole = ({ source }: { readonly source: Source }) => plan.load.shards === null || source.shard === 0;
    const stops = events.filter((event) => event.kind === 'interrupted');
    const interrupted = stops.find(isOfWhole);
    const deaths = events.flatMap((event): Death[] => (event.kind === 'died' ? [deathOf(event)] : []));
    const cutShort = isOver && !interrupted && !events.some((event) => event.kind === 'ended' && isOfWhole(event));
    if (cutShort) deaths.push({ role: 'conductor', end: { kind: 'unrecorded' }, said: [] });
    if (!interrupted && deaths.length === 0) deaths.push(...stops.map(stoppedWorker));
    const whole = isOver && closed && !interrupted && deaths.length === 0;
    if (!closed) sums.settleAsUnknown();
    const fallback = fallbackOf(plan, events, timeline);
    for (const { name, cell, ms } of cellTimesOf(plan, events)) sums.time(name, cell, ms);
    const ordered = inOrder(events);
    const { outages, times } = outagesOf(plan, ordered, timeline, closed);
    for (const { name, fault, value } of times) sums.outageTime(name, fault, value);
    const shards = this.#shards.record(events);
    const capacity = capacityOf(plan, ordered, timeline);
    const recovery = recoveryOf(plan, ordered, sums);
    const metrics = {
      ...withoutBlurred(sums.metrics(timeline, fallback, outages, isOver), shards),
      ...recoveryMetrics(recovery),
      ...capacityMetrics(plan, capacity),
    };
    const shown = timeline.record();
    const measured = <T>(series: readonly T[]) =>
      series.slice(plan.phases.warmup, plan.phases.warmup + plan.phases.measure);
    const calibrated = events.filter((event) => event.kind === 'calibrated').find(isOfWhole);
    const { handshake } = plan.target;
    const untestedOutages = untestedFaults(
      outages.map((outage) => ({
        ...outage,
        cuts: plan.outages.some(({ fault, cuts }) => fault === outage.fault && cuts !== 'never'),
      })),
    );
    const absences = untestedAbsences(plan, recovery);
    const unmade = [...unmadeFaults(plan, outages), ...absences.unmade];
    const untested = [...untestedOutages, ...absences.untested];
    const failedPersonas = failedPersonasOf(plan, outages);
    const vacuous = [...untested, ...unmade, ...failedPersonas.map(({ persona }) => persona)];
    const thresholds = plan.scenario.thresholds.map((text) =>
      evaluateThreshold(parseThreshold(text), metrics, isOver ? vacuous : []),
    );
    return {
      ...plan,
      state: whole ? 'complete' : 'partial',
      interruptedBy: interrupted ? (interrupted.signal === 'SIGTERM' ? 'SIGTERM' : 'SIGINT') : null,
      timeline: shown,
      nodes: nodesOf(plan, timeline),
      shards,
      vitals: timeline.vitals(),
      metrics,
      intervals: isOver
        ? {
            ...intervalsOf(plan, timeline, metrics),
            ...capacityIntervals(capacity),
            ...recoveryIntervals(recovery, plan.seed),
          }
        : {},
      floor: calibrated ? { p50: calibrated.p50, p99: calibrated.p99, messages: calibrated.messages } : null,
      steadiness: isDisturbed(plan) || plan.search ? null : (steadinessOf(measured(shown.latency.p50)) ?? null),
      fallback,
      outages,
      recovery,
      capacity,
      faults: eventsOf(events, ['faultOn', 'faultOff']),
      betweenFaults: betweenFaultsOf(plan, outages, timeline, closed),
      undelivered: examplesOf(events),
      recipients: recipientsOf(events),
      anomalies: eventsOf(events, ['anomaly']),
      verdict: {
        outcome: worstOutcome(thresholds),
        thresholds,
        breaches: [
          ...checkTrust({
            ...sums.trust(),
            lagLimitMs: plan.load.lagLimitMs,
            loopUtilization: byRole((role) => measured(timeline.gauge(`loopUtilization{role=${role}}`))),
            loopStall: byRole((role) => measured(timeline.gauge(`loopStall{role=${role}}`))),
            offered: whole && plan.target.mode !== 'listening' ? plan.load.offered : undefined,
            substance: whole
              ? {
                  participation: participationOf(plan, ordered, this.#sums),
                  baselines: baselinesOf(plan, timeline, this.#sums),
                  // One whose code failed is told as that.
                  untested: untested.filter((fault) => !failedPersonas.some(({ persona }) => persona === fault)),
                  unmade,
                  failedPersonas,
                  noticedAfterMs: handshake && handshake.pingIntervalMs + handshake.pingTimeoutMs,
                }
              : undefined,
            deaths,
            // Where networks differ or fail on purpose, one half hears later than the other for reasons of its own.
            starved:
              isDisturbed(plan) || plan.search
                ? undefined
                : starvedOf(measured(shown.latency.p50), measured(timeline.crowdP50())),
            headroom: {
              descriptors: {
                wanted: plan.load.peak.sockets + DESCRIPTORS_OF_A_PROCESS,
                available: plan.load.available.descriptors,
              },
              ports: { wanted: plan.load.peak.sockets, available: plan.load.available.ports },
            },
          }).filter(({ gate }) => !isJudgedElsewhere(plan, gate)),
          ...capacityBreaches(capacity, whole),
          ...this.#shards.breaches(shards, plan.load.lagLimitMs, sums.trust().latencyP99),
        ],
      },
      notes: [...notes],
    };
  }
}

/**
 * Where a load is split, its generators are judged each by itself: the slowest would be lost among the others. Of a search they are
 * judged in each window: it goes as far as they can.
 */
function isJudgedElsewhere({ load, search }: RunPlan, gate: string): boolean {
  return (load.shards !== null || search !== null) && ['busy', 'stall', 'lag'].includes(gate);
}

/** Whether things go wrong on purpose. */
function isDisturbed({ matrix, outages, absences }: RunPlan): boolean {
  return matrix !== null || absences !== null || outages.length > 0;
}

type Death = TrustInput['deaths'][number];

/** Runs written before have no last words. */
function deathOf({ role, end, said = [] }: Extract<RunEvent, { kind: 'died' }>): Death {
  return { role, end, said };
}

/** A worker that was told to end, but not by the conductor. */
function stoppedWorker({ signal, source }: { readonly signal: string; readonly source: Source }): Death {
  return { role: 'worker', end: { kind: 'signal', signal }, said: [`shard ${source.shard}`] };
}

/** The personas whose code failed for somebody who lived them. */
function failedPersonasOf({ outages: planned }: RunPlan, outages: readonly Outage[]): FailedPersona[] {
  return outages.flatMap(({ fault, failed }) => {
    if (failed.length === 0) return [];
    const of = planned.find((one) => one.fault === fault)?.bots[1] ?? 0;
    const clients = failed.reduce((sum, one) => sum + one.clients, 0);
    return [{ persona: fault, clients, of, reasons: failed.map(({ reason }) => reason) }];
  });
}

/**
 * What became of deliveries while nothing went wrong on purpose: none are asked about in a matrix, whose networks block.
 * A message of the last second before an outage may be under way as that begins: it is not asked about either.
 */
function baselinesOf({ matrix, outages, target }: RunPlan, timeline: Timeline, sums: Sums): Baseline[] {
  if (matrix) return [];
  const isListening = target.mode === 'listening';
  const [first] = outages;
  if (!first) return sums.baselines().map((baseline) => ({ ...baseline, isListening }));
  const before = (name: string) => {
    let sum = 0;
    for (let second = 0; second < first.from - 1; second++) sum += timeline.counter(`delivery.${name}`, second);
    return sum;
  };
  const arrived = before('delivered') + before('recovered');
  return [{ room: null, expected: before('expected'), arrived, unknown: before('unknown'), isListening }];
}

/** What a process has open beside its sockets. */
const DESCRIPTORS_OF_A_PROCESS = 100;

/** A block is a second of the measured interval; where too few messages are behind a percentile, so is its interval. */
function intervalsOf({ phases, seed }: RunPlan, timeline: Timeline, metrics: Metrics): RunRecord['intervals'] {
  const blocks = Array.from({ length: phases.measure }, (_, i) => {
    const second = phases.warmup + i;
    return {
      expected: timeline.counter('delivery.expected', second),
      delivered: timeline.counter('delivery.delivered', second),
      get latency() {
        return timeline.latencyAt(second);
      },
    };
  });
  const latency = metrics['broadcast.latency'];
  const known = (statistic: 'p50' | 'p99') => latency !== undefined && 'p50' in latency && latency[statistic] !== null;
  const intervals = bootstrap(blocks, seed);
  return {
    ...intervals,
    'broadcast.latency.p50': known('p50') ? intervals['broadcast.latency.p50'] : null,
    'broadcast.latency.p99': known('p99') ? intervals['broadcast.latency.p99'] : null,
  };
}

function byRole<T>(of: (role: GeneratorRole) => T): Record<GeneratorRole, T> {
  return { probes: of('probes'), crowd: of('crowd'), proxy: of('proxy') };
}

/** Sources write files of their own: what happened is told in the order of time. */
function inOrder<E extends Event>(events: readonly E[]): E[] {
  return [...events].sort((a, b) => a.at - b.at);
}

/** Pairs that came to nothing; of several sources there may be more than of one. */
function examplesOf(events: readonly (Event & { source: Source })[]): RunRecord['undelivered'] {
  const all = eventsOf(events, ['undelivered']) as RunRecord['undelivered'];
  const byOutcome = Map.groupBy(all, ({ outcome }) => outcome);
  return [...byOutcome.values()].flatMap((examples) => examples.slice(0, 100)).sort((a, b) => a.at - b.at);
}

function recipientsOf(events: readonly Event[]): RunRecord['recipients'] {
  return events
    .flatMap((event) => {
      if (event.kind !== 'recipient') return [];
      const { bot, room, count, p50, p99, max } = event;
      return [{ bot, room, count, p50, p99, max }];
    })
    .sort((a, b) => a.bot - b.bot);
}

function eventsOf(events: readonly (Event & { source: Source })[], kinds: readonly Event['kind'][]) {
  return events
    .filter((event) => kinds.includes(event.kind))
    .map((event) => ({ ...event, at: event.at / 1000 }))
    .sort((a, b) => a.at - b.at);
}
