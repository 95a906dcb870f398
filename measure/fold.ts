import { bootstrap } from './bootstrap.ts';
import { catalogue, isMetricName, type MetricName } from './catalogue.ts';
import { starvedOf } from './cross-check.ts';
import { distributionOf } from './distribution.ts';
import type { Event, EventLine } from './events.ts';
import { Histogram } from './histogram.ts';
import { metricKey, parseMetricKey } from './keys.ts';
import type { Metrics, RunPlan, RunRecord } from './run-record.ts';
import { steadinessOf } from './steadiness.ts';
import { evaluateThreshold, parseThreshold } from './thresholds.ts';
import { Timeline } from './timeline.ts';
import { checkTrust } from './trust.ts';
import { worstOutcome } from './verdict.ts';
import type { Window } from './window.ts';

/** The source whose ledger accounts for the deliveries. */
export const PROBES = 'probes';

const outcomes = ['delivered', 'recovered', 'missed', 'lost', 'unknown'] as const;

/** Counters that are 0, not absent, when nothing of the kind happened. */
const countedAlways = (Object.keys(catalogue) as MetricName[]).filter(
  (name) => catalogue[name].type === 'counter' && /^(messages|delivery)\.(?!gap)/.test(name),
);

/**
 * Makes the record of a run from its plan and the lines of its folder: pure, and the same whatever the order of the
 * lines. What the probes could not settle because they were killed is `unknown`, and the run `partial`.
 */
export function fold(plan: RunPlan, lines: Iterable<Window | EventLine>, notes: readonly string[] = []): RunRecord {
  const sums = new Sums(plan);
  const timeline = new Timeline();
  const events: (Event & { source: string })[] = [];
  for (const line of lines) {
    if ('event' in line) {
      events.push({ ...line.event, source: line.source });
      continue;
    }
    sums.add(line);
    timeline.add(line);
  }
  const closed = events.some((event) => event.kind === 'closed' && event.source === PROBES);
  const interrupted = events.find((event) => event.kind === 'interrupted');
  const deaths = events.flatMap((event) => (event.kind === 'died' ? [{ role: event.role, how: event.how }] : []));
  const cutShort = !interrupted && !events.some((event) => event.kind === 'ended');
  if (cutShort) deaths.push({ role: 'conductor', how: 'the end of the run is not recorded' });
  const whole = closed && !interrupted && deaths.length === 0;
  if (!closed) sums.settleAsUnknown();
  const metrics = sums.metrics(plan, timeline);
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
    intervals: intervalsOf(plan, timeline, metrics),
    floor: calibrated ? { p50: calibrated.p50, p99: calibrated.p99, messages: calibrated.messages } : null,
    steadiness: steadinessOf(measured(shown.latency.p50)) ?? null,
    faults: eventsOf(events, ['faultOn', 'faultOff']),
    anomalies: eventsOf(events, ['anomaly']),
    verdict: {
      outcome: worstOutcome(thresholds),
      thresholds,
      breaches: checkTrust({
        ...sums.trust(),
        loopUtilization: byRole((role) => measured(timeline.gauge(`loopUtilization{role=${role}}`))),
        loopStall: byRole((role) => measured(timeline.gauge(`loopStall{role=${role}}`))),
        offered: whole ? plan.load.offered : undefined,
        deaths,
        starved: starvedOf(measured(shown.latency.p50), measured(timeline.crowdP50())),
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

/** Counters and histograms added up over the run: those of `measured` metrics over the measured interval only. */
class Sums {
  readonly counters = new Map<string, number>();
  readonly histograms = new Map<string, Histogram>();
  readonly #from: number;
  readonly #to: number;

  constructor(plan: RunPlan) {
    this.#from = plan.phases.warmup;
    this.#to = plan.phases.warmup + plan.phases.measure;
    for (const name of countedAlways) this.counters.set(name, 0);
  }

  add(window: Window): void {
    const measured = window.at >= this.#from && window.at < this.#to;
    for (const [key, n] of Object.entries(window.counters)) {
      if (counts(key, measured)) this.#count(key, n);
    }
    for (const [key, encoded] of Object.entries(window.histograms)) {
      if (!counts(key, measured)) continue;
      const histogram = this.histograms.get(key) ?? new Histogram();
      this.histograms.set(key, histogram);
      histogram.addEncoded(encoded);
    }
  }

  /** Counts a key, and its name without labels too: the probes' total. The crowd's counts stay apart. */
  #count(key: string, n: number): void {
    this.counters.set(key, (this.counters.get(key) ?? 0) + n);
    const parsed = parseMetricKey(key);
    if (parsed && parsed.name !== key && parsed.labels.by !== 'crowd') {
      this.counters.set(parsed.name, (this.counters.get(parsed.name) ?? 0) + n);
    }
  }

  get(key: string): number {
    return this.counters.get(key) ?? 0;
  }

  settleAsUnknown(): void {
    const open = this.get('delivery.expected') - outcomes.reduce((sum, o) => sum + this.get(`delivery.${o}`), 0);
    this.counters.set('delivery.unknown', this.get('delivery.unknown') + open);
    const resolved = this.get('messages.ok') + this.get('messages.refused') + this.get('messages.info');
    this.counters.set('messages.info', this.get('messages.info') + this.get('messages.sent') - resolved);
  }

  /** What the gates want to know of the sums; raw, however few samples there are. */
  trust() {
    const number = (name: string) => this.get(`messages.${name}`);
    return {
      lagP99: this.histograms.get('generator.lag')?.percentile(99),
      latencyP99: this.histograms.get('broadcast.latency')?.percentile(99),
      messages: {
        scheduled: number('scheduled'),
        sent: number('sent'),
        dropped: number('dropped'),
        ok: number('ok'),
        refused: number('refused'),
        info: number('info'),
      },
      expected: this.get('delivery.expected'),
      accounted: outcomes.reduce((sum, outcome) => sum + this.get(`delivery.${outcome}`), 0),
    };
  }

  /** Independent samples behind a histogram: all deliveries of one message are one. */
  #independent(key: string, { count }: Histogram): number {
    if (!/^broadcast\.(latency|service)/.test(key)) return count;
    const sent = this.get('messages.sent') + (key.includes('by=crowd') ? this.get('messages.sent{by=crowd}') : 0);
    return Math.min(count, sent);
  }

  metrics(plan: RunPlan, timeline: Timeline): Metrics {
    const metrics: Metrics = {};
    for (const [key, value] of this.counters) metrics[key] = { unit: '1', value };
    for (const [key, histogram] of this.histograms)
      metrics[key] = distributionOf(histogram, this.#independent(key, histogram));
    const set = (name: MetricName, value: number) => {
      metrics[name] = { unit: catalogue[name].unit, value };
    };
    set('messages.rate', this.get('messages.sent') / plan.phases.measure);
    const expected = this.get('delivery.expected');
    if (expected > 0) set('delivery.ratio', this.get('delivery.delivered') / expected);
    const deliveries = this.get('delivery.delivered') + this.get(metricKey('delivery.delivered', { by: 'crowd' }));
    const cpu = timeline.gauge('cpu{role=server}').slice(this.#from, this.#to);
    const cpuMs = cpu.reduce<number>((sum, percent) => sum + (percent ?? 0) * 10, 0);
    if (deliveries > 0 && cpuMs > 0) set('server.cpuPerDelivery', cpuMs / deliveries);
    return Object.fromEntries(Object.entries(metrics).sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}

/** What a process has open beside its sockets. */
const DESCRIPTORS_OF_A_PROCESS = 100;

function counts(key: string, measured: boolean): boolean {
  const name = parseMetricKey(key)?.name;
  if (name === undefined || !isMetricName(name)) return false;
  return measured || catalogue[name].over === 'run';
}

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

function byRole<T>(of: (role: 'probes' | 'crowd') => T): Record<'probes' | 'crowd', T> {
  return { probes: of('probes'), crowd: of('crowd') };
}

function eventsOf(events: readonly (Event & { source: string })[], kinds: readonly Event['kind'][]) {
  return events
    .filter((event) => kinds.includes(event.kind))
    .map((event) => ({ ...event, at: event.at / 1000 }))
    .sort((a, b) => a.at - b.at);
}
