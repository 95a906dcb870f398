import { evaluateThreshold, parseThreshold, type Threshold } from '../judge/thresholds.ts';
import { healthBreaches } from '../judge/trust.ts';
import { crowdGrowth } from '../metrics/crowd-connections.ts';
import { type CapacityWindowEvent, type EventLine, outcomes } from '../metrics/events.ts';
import { Histogram } from '../metrics/histogram.ts';
import { catalogue, isMetricName } from '../metrics/metric-catalogue.ts';
import { metricKey, parseMetricKey, rollUps } from '../metrics/metric-key.ts';
import type { Window } from '../metrics/window.ts';
import type { Metrics, RunPlan } from '../run-record/run-record.ts';
import { distributionOf } from '../statistics/distribution.ts';

/** What was seen of the target in some seconds at a level; `held` is null where the load generator was not healthy. */
export type JudgedWindow = Omit<CapacityWindowEvent, 'kind' | 'at' | 'stage' | 'level' | 'from' | 'to'>;

/** What is said where too few users were there. */
export const USERS_MISSING = 'users missing';

/** Of the users of a level, so many have to be there. */
const PRESENT = 0.98;
/** Reasons for which a user of the crowd goes by itself. */
const OWN_REASON = 'io client disconnect';

/** Judges stretches of a run by the lines that its sources write, soon after they are over. */
export class WindowJudge {
  readonly #slo: readonly Threshold[];
  readonly #lagLimitMs: number;
  readonly #bySecond = new Map<number, Window[]>();
  #users = 0;

  constructor({ load }: Pick<RunPlan, 'load'>, slo: readonly string[]) {
    this.#slo = slo.map(parseThreshold);
    this.#lagLimitMs = load.lagLimitMs;
  }

  add(lines: readonly (Window | EventLine)[]): void {
    for (const line of lines) {
      if (!('counters' in line)) continue;
      const known = this.#bySecond.get(line.at);
      if (known) known.push(line);
      else this.#bySecond.set(line.at, [line]);
      if (line.source.role === 'crowd') this.#users += crowdGrowth(line);
    }
  }

  /**
   * Judges the seconds from `from` to `to`, at which so many users are to be there; what went wrong with connections counts since
   * `since`. What came later than by now counts as lost. Forgets what was before.
   */
  judge({ from, to, since, users }: { from: number; to: number; since: number; users: number }): JudgedWindow {
    for (const second of this.#bySecond.keys()) if (second < since) this.#bySecond.delete(second);
    const metrics = this.#metricsOf(from, to);
    const failed = this.#failed(since, to);
    metrics['connections.failed'] = { unit: '1', value: failed };
    const number = (key: string) => {
      const metric = metrics[key];
      return metric && 'value' in metric ? metric.value : 0;
    };
    const came = outcomes.reduce((sum, outcome) => sum + number(`delivery.${outcome}`), 0);
    const lost = number('delivery.lost') + Math.max(0, number('delivery.expected') - came);
    metrics['delivery.lost'] = { unit: '1', value: lost };
    const broke = this.#slo.flatMap((threshold) =>
      evaluateThreshold(threshold, metrics).outcome === 'pass' ? [] : [threshold.text],
    );
    if (this.#users < PRESENT * users) broke.push(USERS_MISSING);
    const last = metrics['broadcast.last'];
    const latency = metrics['broadcast.latency'];
    const first = metrics['broadcast.first'];
    const p50 = (metric: Metrics[string] | undefined) => (metric && 'p50' in metric ? metric.p50 : null);
    const deliveries = number('delivery.delivered') + number('delivery.delivered{by=crowd}');
    return {
      held: this.#isHealthy(from, to, metrics) ? broke.length === 0 : null,
      broke,
      p99Ms: latency && 'p99' in latency ? latency.p99 : null,
      firstMs: p50(first),
      medianMs: p50(latency),
      lastMs: p50(last),
      lost,
      deliveriesPerSecond: deliveries / (to - from),
    };
  }

  #isHealthy(from: number, to: number, metrics: Metrics): boolean {
    const lag = metrics['generator.lag'];
    const latency = metrics['broadcast.latency'];
    const series = (name: string, role: string) => this.#gauge(metricKey(name, { role }), from, to);
    const byRole = (name: string) => ({
      probes: series(name, 'probes'),
      crowd: series(name, 'crowd'),
      proxy: series(name, 'proxy'),
    });
    const breaches = healthBreaches(
      {
        lagP99: lag && 'p99' in lag ? (lag.p99 ?? undefined) : undefined,
        lagLimitMs: this.#lagLimitMs,
        latencyP99: latency && 'p99' in latency ? (latency.p99 ?? undefined) : undefined,
        loopUtilization: byRole('loopUtilization'),
        loopStall: byRole('loopStall'),
      },
      to - from,
    );
    return breaches.length === 0;
  }

  /** The highest of several sources, by second. */
  #gauge(key: string, from: number, to: number): (number | null)[] {
    return Array.from({ length: to - from }, (_, i) => {
      const values = (this.#bySecond.get(from + i) ?? []).flatMap(({ gauges }) => gauges[key] ?? []);
      return values.length > 0 ? Math.max(...values) : null;
    });
  }

  /** What went wrong with connections of probes and crowd. */
  #failed(from: number, to: number): number {
    let failed = 0;
    for (let second = from; second < to; second++) {
      for (const { counters } of this.#bySecond.get(second) ?? []) {
        for (const [key, n] of Object.entries(counters)) {
          const { name, labels } = parseMetricKey(key) ?? { name: '', labels: {} };
          const isOfCrowd = labels.by === 'crowd' || name === 'users.absent';
          const isFailure = isOfCrowd
            ? name === 'users.absent' || (name === 'disconnects' && labels.reason !== OWN_REASON)
            : name === 'connections.failed' || name === 'disconnects';
          if (isFailure) failed += n;
        }
      }
    }
    return failed;
  }

  /** Every percentile is taken as it is: how sure a level is follows from how many windows of it there are. */
  #metricsOf(from: number, to: number): Metrics {
    const counters = new Map<string, number>();
    const histograms = new Map<string, Histogram>();
    for (let second = from; second < to; second++) {
      for (const window of this.#bySecond.get(second) ?? []) {
        for (const [key, n] of Object.entries(window.counters))
          for (const total of rollUps(key)) counters.set(total, (counters.get(total) ?? 0) + n);
        for (const [key, encoded] of Object.entries(window.histograms)) {
          const histogram = histograms.get(key) ?? new Histogram();
          histograms.set(key, histogram);
          histogram.addEncoded(encoded);
        }
      }
    }
    const metrics: Metrics = {};
    for (const name of Object.keys(catalogue))
      if (isMetricName(name) && catalogue[name].type === 'counter')
        metrics[name] = { unit: catalogue[name].unit, value: 0 };
    for (const [key, value] of counters) metrics[key] = { unit: '1', value };
    for (const [key, histogram] of histograms)
      metrics[key] = distributionOf(histogram, Number.POSITIVE_INFINITY, false);
    return metrics;
  }
}
