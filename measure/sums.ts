import { catalogue, isMetricName, type MetricName } from './catalogue.ts';
import { distributionOf } from './distribution.ts';
import { outcomes } from './events.ts';
import { Histogram } from './histogram.ts';
import { metricKey, parseMetricKey } from './keys.ts';
import type { Metrics, RunPlan } from './run-record.ts';
import type { Timeline } from './timeline.ts';
import type { Window } from './window.ts';

/** Counters and histograms added up over the run: those of `measured` metrics over the measured interval only. */
export class Sums {
  readonly #counters = new Map<string, number>();
  readonly #histograms = new Map<string, Histogram>();
  readonly #from: number;
  readonly #to: number;

  constructor(plan: RunPlan) {
    this.#from = plan.phases.warmup;
    this.#to = plan.phases.warmup + plan.phases.measure;
    for (const name of countedAlways) this.#counters.set(name, 0);
  }

  add(window: Window): void {
    const measured = window.at >= this.#from && window.at < this.#to;
    for (const [key, n] of Object.entries(window.counters)) {
      if (counts(key, measured)) this.#count(key, n);
    }
    for (const [key, encoded] of Object.entries(window.histograms)) {
      if (!counts(key, measured)) continue;
      const histogram = this.#histograms.get(key) ?? new Histogram();
      this.#histograms.set(key, histogram);
      histogram.addEncoded(encoded);
    }
  }

  /** Counts a key, and its name without labels too: the probes' total. The crowd's counts stay apart. */
  #count(key: string, n: number): void {
    this.#counters.set(key, (this.#counters.get(key) ?? 0) + n);
    const parsed = parseMetricKey(key);
    if (parsed && parsed.name !== key && parsed.labels.by !== 'crowd') {
      this.#counters.set(parsed.name, (this.#counters.get(parsed.name) ?? 0) + n);
    }
  }

  /** A counter's sum; 0 where it was never touched. */
  get(key: string): number {
    return this.#counters.get(key) ?? 0;
  }

  /** For probes that were killed: what they had not settled, nobody knows. */
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

  /** Independent samples behind a histogram: all deliveries of one message are one. */
  #independent(key: string, { count }: Histogram): number {
    if (!/^broadcast\.(latency|service)/.test(key)) return count;
    const sent = this.get('messages.sent') + (key.includes('by=crowd') ? this.get('messages.sent{by=crowd}') : 0);
    return Math.min(count, sent);
  }

  /** Every metric of the run by key, in the order of keys; what is derived of them included. */
  metrics(timeline: Timeline): Metrics {
    const metrics: Metrics = {};
    for (const [key, value] of this.#counters) metrics[key] = { unit: '1', value };
    for (const [key, histogram] of this.#histograms)
      metrics[key] = distributionOf(histogram, this.#independent(key, histogram));
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
    return Object.fromEntries(Object.entries(metrics).sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}

/** Counters that are 0, not absent, when nothing of the kind happened. */
const countedAlways = (Object.keys(catalogue) as MetricName[]).filter(
  (name) => catalogue[name].type === 'counter' && /^(messages|delivery)\.(?!gap)/.test(name),
);

function counts(key: string, measured: boolean): boolean {
  const name = parseMetricKey(key)?.name;
  if (name === undefined || !isMetricName(name)) return false;
  return measured || catalogue[name].over === 'run';
}
