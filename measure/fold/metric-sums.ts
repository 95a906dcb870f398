import type { Baseline } from '../judge/substance.ts';
import { outcomes } from '../metrics/events.ts';
import { Histogram } from '../metrics/histogram.ts';
import { catalogue, isMetricName, type MetricName, type Unit } from '../metrics/metric-catalogue.ts';
import { metricKey, parseMetricKey, rollUps } from '../metrics/metric-key.ts';
import type { Window } from '../metrics/window.ts';
import type { Metrics, RunPlan } from '../run-record/run-record.ts';
import { distributionOf } from '../statistics/distribution.ts';
import type { Fallback } from './fallback-cells.ts';
import { imbalanceOf } from './node-fold.ts';
import type { Outage } from './outage-fold.ts';
import type { Timeline } from './timeline.ts';

/** Bounds for what is read from a folder that anybody may have written: a histogram has 90 kB. */
const MOST_HISTOGRAMS = 2000;
const MOST_COUNTERS = 50_000;

/** Counters and histograms added up over the run: those of `measured` metrics over the measured interval only. */
export class Sums {
  readonly #plan: RunPlan;
  readonly #counters = new Map<string, number>();
  readonly #histograms = new Map<string, Histogram>();
  /** Histograms of another's, to be copied before anything is added to them. */
  readonly #borrowed = new Set<string>();
  readonly #from: number;
  readonly #to: number;

  constructor(plan: RunPlan) {
    this.#plan = plan;
    this.#from = plan.phases.warmup;
    this.#to = plan.phases.warmup + plan.phases.measure;
    for (const name of countedAlways) this.#counters.set(name, 0);
  }

  add(window: Window): void {
    const measured = window.at >= this.#from && window.at < this.#to;
    for (const [key, n] of Object.entries(window.counters)) {
      if (isCounted(key, measured)) this.#count(key, n);
    }
    for (const [key, encoded] of Object.entries(window.histograms)) {
      if (!isCounted(key, measured)) continue;
      for (const total of cellTotals(key)) this.#histogram(total).addEncoded(encoded);
    }
  }

  /** Takes a time of a cell, for it, its order and its network; that of a fallback for the run, too. */
  time(name: MetricName, { order, network }: { readonly order: string; readonly network: string }, ms: number): void {
    const us = Math.round(ms * 1000);
    for (const total of cellTotals(metricKey(name, { order, network }))) this.#histogram(total).recordUs(us);
    if (name === 'fallback.time') this.#histogram(name).recordUs(us);
  }

  /** Takes a time of a client in a fault, for the fault and for the run. */
  outageTime(name: MetricName, fault: string, ms: number): void {
    this.#histogram(metricKey(name, { fault })).record(ms);
    // How long connections were lost, whatever cut them, is recorded as it happens.
    if (name !== 'reconnect.time') this.#histogram(name).record(ms);
  }

  /** The same sums, to be added to without touching these; to be read before these are added to again. */
  fork(): Sums {
    const fork = new Sums(this.#plan);
    for (const [key, n] of this.#counters) fork.#counters.set(key, n);
    for (const [key, histogram] of this.#histograms) {
      fork.#histograms.set(key, histogram);
      fork.#borrowed.add(key);
    }
    return fork;
  }

  #histogram(key: string): Histogram {
    const known = this.#histograms.get(key);
    if (known && !this.#borrowed.delete(key)) return known;
    if (this.#histograms.size >= MOST_HISTOGRAMS) throw new RangeError('there are more histograms than any run has');
    const histogram = new Histogram();
    if (known) histogram.add(known);
    this.#histograms.set(key, histogram);
    return histogram;
  }

  #count(key: string, n: number): void {
    for (const total of rollUps(key)) this.#counters.set(total, (this.#counters.get(total) ?? 0) + n);
    if (this.#counters.size > MOST_COUNTERS) throw new RangeError('there are more counters than any run has');
  }

  /** A counter's sum; 0 where it was never touched. */
  get(key: string): number {
    return this.#counters.get(key) ?? 0;
  }

  /** The counts of a counter by its label `reason` alone. */
  byReason(name: MetricName): Map<string, number> {
    const found = new Map<string, number>();
    for (const [key, n] of this.#counters) {
      const parsed = parseMetricKey(key);
      const { reason, ...others } = parsed?.labels ?? {};
      if (parsed?.name === name && reason !== undefined && Object.keys(others).length === 0) found.set(reason, n);
    }
    return found;
  }

  /** What became of deliveries over the measured interval: by room where rooms are told apart. */
  baselines(): Omit<Baseline, 'isListening'>[] {
    const rooms = [...this.#counters.keys()].flatMap((key) => {
      const parsed = parseMetricKey(key);
      const { room, ...others } = parsed?.labels ?? {};
      return parsed?.name === 'delivery.expected' && room !== undefined && Object.keys(others).length === 0
        ? [room]
        : [];
    });
    return (rooms.length > 0 ? rooms : [null]).map((room) => {
      const of = (name: MetricName) => this.get(metricKey(name, room === null ? {} : { room }));
      const arrived = of('delivery.delivered') + of('delivery.recovered');
      return { room, expected: of('delivery.expected'), arrived, unknown: of('delivery.unknown') };
    });
  }

  /** For probes that were killed: what they had not settled is unknown. */
  settleAsUnknown(): void {
    const open = this.get('delivery.expected') - outcomes.reduce((sum, o) => sum + this.get(`delivery.${o}`), 0);
    this.#counters.set('delivery.unknown', this.get('delivery.unknown') + open);
    const resolved = this.get('messages.ok') + this.get('messages.refused') + this.get('messages.info');
    this.#counters.set('messages.info', this.get('messages.info') + this.get('messages.sent') - resolved);
  }

  /** What the gates want to know of the sums; raw, however few samples there are. */
  trust() {
    const number = (name: string) => this.get(`messages.${name}`);
    return {
      lagP99: this.#histograms.get('generator.lag')?.percentile(99),
      latencyP99: this.#histograms.get('broadcast.latency')?.percentile(99),
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

  /** Where deliveries were expected, what did not happen to them is 0, not absent: in a room, in a cell. */
  #fillIn(): void {
    for (const key of [...this.#counters.keys()]) {
      const parsed = parseMetricKey(key);
      if (parsed?.name !== 'delivery.expected') continue;
      for (const name of parsed.labels.path === undefined ? countedAlways : countedByPath) {
        const zero = metricKey(name, parsed.labels);
        if (!this.#counters.has(zero)) this.#counters.set(zero, 0);
      }
    }
  }

  /** Independent samples behind a histogram: all deliveries of one message are one. */
  #independent(key: string, { count }: Histogram): number {
    if (!/^broadcast\.(latency|service)/.test(key)) return count;
    const { by, room, order, network } = parseMetricKey(key)?.labels ?? {};
    const sent = this.get(metricKey('messages.sent', { room, order, network }));
    return Math.min(count, sent + (by === 'crowd' ? this.get('messages.sent{by=crowd}') : 0));
  }

  /** Every metric of the run by key, in the order of keys; what is derived of them included. */
  metrics(timeline: Timeline, fallback: Fallback | null, outages: readonly Outage[], encoded: boolean): Metrics {
    const plan = this.#plan;
    this.#fillIn();
    const metrics: Metrics = {};
    for (const [key, value] of this.#counters) metrics[key] = { unit: unitOf(key), value };
    for (const [key, histogram] of this.#histograms) {
      const distribution = distributionOf(histogram, this.#independent(key, histogram), encoded);
      metrics[key] = key.startsWith('reconnect.attempts') ? { ...distribution, unit: '1' } : distribution;
    }
    const set = (name: MetricName, value: number) => {
      metrics[name] = { unit: catalogue[name].unit, value };
    };
    set('messages.rate', this.get('messages.sent') / (this.#to - this.#from));
    const expected = this.get('delivery.expected');
    if (expected > 0) set('delivery.ratio', this.get('delivery.delivered') / expected);
    const deliveries = this.get('delivery.delivered') + this.get(metricKey('delivery.delivered', { by: 'crowd' }));
    const cpu = timeline.gauge('cpu{role=server}').slice(this.#from, this.#to);
    const cpuMs = cpu.reduce<number>((sum, percent) => sum + (percent ?? 0) * 10, 0);
    if (deliveries > 0 && cpuMs > 0) set('server.cpuPerDelivery', cpuMs / deliveries);
    const imbalance = imbalanceOf(plan, timeline);
    if (imbalance !== undefined) set('nodes.imbalance', imbalance);
    Object.assign(metrics, ratesOf(fallback), costsOf(plan, timeline), outageMetrics(outages));
    return Object.fromEntries(Object.entries(metrics).sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}

/** What each fault came to, as numbers that thresholds can be held against. */
function outageMetrics(outages: readonly Outage[]): Metrics {
  const metrics: Metrics = {};
  for (const { fault, clients, back, deaf, reconnects, recovered, herd, ledger } of outages) {
    const set = (name: string, value: number, unit: '1' | 'ratio' | '1/s' = '1') => {
      metrics[metricKey(name, { fault })] = { unit, value };
    };
    if (clients > 0) set('reconnect.back', back / clients, 'ratio');
    set('reconnect.deaf', deaf);
    set('reconnect.count', reconnects);
    set('reconnect.recovered', recovered);
    set('reconnect.peakRate', herd.peakPerSecond, '1/s');
    if (!ledger) continue;
    const { missedBy, ...counts } = ledger;
    for (const [name, value] of Object.entries(counts)) set(`delivery.${name}`, value);
    for (const [cause, value] of Object.entries(missedBy))
      metrics[metricKey('delivery.missed', { fault, cause })] = { unit: '1', value };
  }
  return metrics;
}

/** Who got through, and who kept connecting again: by cell, by order, by network and altogether. */
function ratesOf(fallback: Fallback | null): Metrics {
  const sums = new Map<string, { clients: number; through: number; flapping: number }>();
  for (const { order, network, clients, through, flapping } of fallback?.cells ?? []) {
    for (const key of rollUps(metricKey('fallback.connected', { order, network }))) {
      const sum = sums.get(key) ?? { clients: 0, through: 0, flapping: 0 };
      sums.set(key, sum);
      sum.clients += clients;
      sum.through += through;
      sum.flapping += flapping;
    }
  }
  const metrics: Metrics = {};
  for (const [key, { clients, through, flapping }] of sums) {
    metrics[key] = { unit: 'ratio', value: through / clients };
    metrics[key.replace('fallback.connected', 'fallback.flapping')] = { unit: 'ratio', value: flapping / clients };
  }
  return metrics;
}

/** What a delivered message costs over each transport, from when the transport had the target to itself. */
function costsOf({ matrix }: RunPlan, timeline: Timeline): Metrics {
  const metrics: Metrics = {};
  for (const { transport, network, from, to } of matrix?.costs ?? []) {
    const over = (of: (second: number) => number) => {
      let sum = 0;
      for (let second = from; second < to; second++) sum += of(second);
      return sum;
    };
    const counted = (name: string) => over((second) => timeline.counter(metricKey(name, { network }), second));
    const deliveries = over((second) => timeline.counter(metricKey('delivery.delivered', { transport }), second));
    const cpu = timeline.gauge('cpu{role=server}');
    const cpuMs = over((second) => (cpu[second] ?? 0) * 10);
    if (deliveries === 0) continue;
    const bytes = counted('bytes.in') + counted('bytes.out');
    metrics[metricKey('bytes.perDelivery', { transport })] = { unit: 'bytes', value: bytes / deliveries };
    if (cpuMs > 0)
      metrics[metricKey('server.cpuPerDelivery', { transport })] = { unit: 'ms', value: cpuMs / deliveries };
  }
  return metrics;
}

/** Counters that are 0, not absent, when nothing of the kind happened. */
const countedAlways = (Object.keys(catalogue) as MetricName[]).filter(
  (name) => catalogue[name].type === 'counter' && /^(messages|delivery)\.(?!gap)/.test(name),
);

/** The same of those that are told apart by the way between nodes. */
const countedByPath = [...outcomes.map((outcome) => `delivery.${outcome}` as const), 'delivery.reordered'] as const;

/** A cell's times stand for its order and its network too; other times are recorded under every key they belong to. */
export function cellTotals(key: string): string[] {
  const parsed = parseMetricKey(key);
  const { order, network } = parsed?.labels ?? {};
  if (!parsed || order === undefined || network === undefined) return [key];
  return [key, metricKey(parsed.name, { order }), metricKey(parsed.name, { network })];
}

/** Whether what happened in a second counts: of `measured` metrics only what did in the measured interval. */
export function isCounted(key: string, measured: boolean): boolean {
  const name = parseMetricKey(key)?.name;
  if (name === undefined || !isMetricName(name)) return false;
  return measured || catalogue[name].over === 'run';
}

function unitOf(key: string): Unit {
  const name = parseMetricKey(key)?.name ?? '';
  return isMetricName(name) ? catalogue[name].unit : '1';
}
