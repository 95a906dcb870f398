import { bootstrap } from './bootstrap.ts';
import { starvedOf } from './cross-check.ts';
import { type Event, type EventLine, PROBES } from './events.ts';
import { cellTimesOf, fallbackOf } from './fallback.ts';
import { outagesOf } from './outages.ts';
import type { Metrics, RunPlan, RunRecord } from './run-record.ts';
import { steadinessOf } from './steadiness.ts';
import { Sums } from './sums.ts';
import { evaluateThreshold, parseThreshold } from './thresholds.ts';
import { Timeline } from './timeline.ts';
import { checkTrust, type GeneratorRole } from './trust.ts';
import { worstOutcome } from './verdict.ts';
import type { Window } from './window.ts';

/**
 * The fold of a run that may still go on: lines are added as they come, and the record so far may be had at any time.
 * Pure, and the same whatever the order of the lines and however they came.
 */
export class RunningFold {
  readonly #plan: RunPlan;
  readonly #sums: Sums;
  readonly #timeline = new Timeline();
  readonly #events: (Event & { source: string })[] = [];

  constructor(plan: RunPlan) {
    this.#plan = plan;
    this.#sums = new Sums(plan);
  }

  /** Throws where a window holds something else than histograms. */
  add(lines: Iterable<Window | EventLine>): void {
    for (const line of lines) {
      if ('event' in line) {
        this.#events.push({ ...line.event, source: line.source });
        continue;
      }
      this.#sums.add(line);
      this.#timeline.add(line);
    }
  }

  /** The record of a run that is over: without a word of its end, it was cut short. */
  record(notes: readonly string[] = []): RunRecord {
    return this.#record(notes, true);
  }

  /**
   * The record of a run that goes on, made cheaply: without intervals and encoded histograms. What is not settled yet
   * is `unknown`, and the run `partial`.
   */
  glance(): RunRecord {
    return this.#record([], false);
  }

  #record(notes: readonly string[], isOver: boolean): RunRecord {
    const plan = this.#plan;
    const timeline = this.#timeline;
    const events = this.#events;
    const sums = this.#sums.fork();
    const closed = events.some((event) => event.kind === 'closed' && event.source === PROBES);
    const interrupted = events.find((event) => event.kind === 'interrupted');
    const deaths = events.flatMap((event) => (event.kind === 'died' ? [{ role: event.role, how: event.how }] : []));
    const cutShort = isOver && !interrupted && !events.some((event) => event.kind === 'ended');
    if (cutShort) deaths.push({ role: 'conductor', how: 'the end of the run is not recorded' });
    const whole = isOver && closed && !interrupted && deaths.length === 0;
    if (!closed) sums.settleAsUnknown();
    const fallback = fallbackOf(plan, events, timeline);
    for (const { name, cell, ms } of cellTimesOf(plan, events)) sums.time(name, cell, ms);
    const { outages, times } = outagesOf(plan, inOrder(events), timeline);
    for (const { name, fault, value } of times) sums.outageTime(name, fault, value);
    const metrics = sums.metrics(timeline, fallback, outages, isOver);
    const shown = timeline.record();
    const measured = <T>(series: readonly T[]) =>
      series.slice(plan.phases.warmup, plan.phases.warmup + plan.phases.measure);
    const calibrated = events.find((event) => event.kind === 'calibrated');
    const thresholds = plan.scenario.thresholds.map((text) => evaluateThreshold(parseThreshold(text), metrics));
    return {
      ...plan,
      state: whole ? 'complete' : 'partial',
      interruptedBy: interrupted ? (interrupted.signal === 'SIGTERM' ? 'SIGTERM' : 'SIGINT') : null,
      timeline: shown,
      vitals: timeline.vitals(),
      metrics,
      intervals: isOver ? intervalsOf(plan, timeline, metrics) : {},
      floor: calibrated ? { p50: calibrated.p50, p99: calibrated.p99, messages: calibrated.messages } : null,
      steadiness: plan.matrix || plan.outages.length > 0 ? null : (steadinessOf(measured(shown.latency.p50)) ?? null),
      fallback,
      outages,
      faults: eventsOf(events, ['faultOn', 'faultOff']),
      anomalies: eventsOf(events, ['anomaly']),
      verdict: {
        outcome: worstOutcome(thresholds),
        thresholds,
        breaches: checkTrust({
          ...sums.trust(),
          lagLimitMs: plan.load.lagLimitMs,
          loopUtilization: byRole((role) => measured(timeline.gauge(`loopUtilization{role=${role}}`))),
          loopStall: byRole((role) => measured(timeline.gauge(`loopStall{role=${role}}`))),
          offered: whole ? plan.load.offered : undefined,
          deaths,
          // Where networks differ or fail on purpose, one half hears later than the other for reasons of its own.
          starved:
            plan.matrix || plan.outages.length > 0
              ? undefined
              : starvedOf(measured(shown.latency.p50), measured(timeline.crowdP50())),
          headroom: {
            descriptors: {
              wanted: plan.load.peak.sockets + DESCRIPTORS_OF_A_PROCESS,
              available: plan.load.available.descriptors,
            },
            ports: { wanted: plan.load.peak.sockets, available: plan.load.available.ports },
          },
        }),
      },
      notes: [...notes],
    };
  }
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

function eventsOf(events: readonly (Event & { source: string })[], kinds: readonly Event['kind'][]) {
  return events
    .filter((event) => kinds.includes(event.kind))
    .map((event) => ({ ...event, at: event.at / 1000 }))
    .sort((a, b) => a.at - b.at);
}
