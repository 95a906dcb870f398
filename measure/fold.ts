import { catalogue, isMetricName, type MetricName } from './catalogue.ts';
import type { Event, EventLine } from './events.ts';
import { Histogram } from './histogram.ts';
import { metricKey, parseMetricKey } from './keys.ts';
import type { Distribution, Metrics, RunPlan, RunRecord } from './run-record.ts';
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
  const thresholds = plan.scenario.thresholds.map((text) => evaluateThreshold(parseThreshold(text), metrics));
  return {
    ...plan,
    state: whole ? 'complete' : 'partial',
    interruptedBy: interrupted ? (interrupted.signal === 'SIGTERM' ? 'SIGTERM' : 'SIGINT') : null,
    timeline: timeline.record(),
    vitals: timeline.vitals(),
    metrics,
    faults: eventsOf(events, ['faultOn', 'faultOff']),
    anomalies: eventsOf(events, ['anomaly']),
    verdict: {
      outcome: worstOutcome(thresholds),
      thresholds,
      breaches: checkTrust(trustInput(plan, metrics, timeline, deaths, whole)),
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

  metrics(plan: RunPlan, timeline: Timeline): Metrics {
    const metrics: Metrics = {};
    for (const [key, value] of this.counters) metrics[key] = { unit: '1', value };
    for (const [key, histogram] of this.histograms) metrics[key] = distribution(histogram);
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

function counts(key: string, measured: boolean): boolean {
  const name = parseMetricKey(key)?.name;
  if (name === undefined || !isMetricName(name)) return false;
  return measured || catalogue[name].over === 'run';
}

function distribution(histogram: Histogram): Distribution {
  return {
    unit: 'ms',
    count: histogram.count,
    min: histogram.min,
    mean: histogram.mean,
    p50: histogram.percentile(50),
    p90: histogram.percentile(90),
    p95: histogram.percentile(95),
    p99: histogram.percentile(99),
    p999: histogram.percentile(99.9),
    max: histogram.max,
    hdr: histogram.encode(),
  };
}

function trustInput(
  plan: RunPlan,
  metrics: Metrics,
  timeline: Timeline,
  deaths: readonly { readonly role: string; readonly how: string }[],
  whole: boolean,
) {
  const number = (key: string) => {
    const metric = metrics[key];
    return metric && 'value' in metric ? metric.value : 0;
  };
  const p99 = (key: string) => {
    const metric = metrics[key];
    return metric && 'p99' in metric ? metric.p99 : undefined;
  };
  const { warmup, measure } = plan.phases;
  return {
    lagP99: p99('generator.lag'),
    latencyP99: p99('broadcast.latency'),
    loopUtilization: timeline.gauge('loopUtilization{role=probes}').slice(warmup, warmup + measure),
    offered: whole ? plan.load.offered : undefined,
    achieved: number('messages.scheduled'),
    deaths,
    expected: number('delivery.expected'),
    accounted: outcomes.reduce((sum, outcome) => sum + number(`delivery.${outcome}`), 0),
  };
}

function eventsOf(events: readonly (Event & { source: string })[], kinds: readonly Event['kind'][]) {
  return events
    .filter((event) => kinds.includes(event.kind))
    .map((event) => ({ ...event, at: event.at / 1000 }))
    .sort((a, b) => a.at - b.at);
}
