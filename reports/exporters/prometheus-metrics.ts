import { Registry } from 'prom-client';
import { highestIn } from '../../measure/metrics/hdr-encoding.ts';
import type { Histogram } from '../../measure/metrics/histogram.ts';
import { catalogue, type MetricName } from '../../measure/metrics/metric-catalogue.ts';
import { parseMetricKey } from '../../measure/metrics/metric-key.ts';
import type { WatchedRun } from './watched-run.ts';

/** The media type of {@link prometheusMetrics}. */
export const prometheusType = Registry.PROMETHEUS_CONTENT_TYPE;

/** Upper bounds of the buckets of times, s: close together where a chat is fast, up to what an outage takes. */
export const timeBuckets = [
  0.0005, 0.001, 0.002, 0.003, 0.005, 0.0075, 0.01, 0.015, 0.02, 0.03, 0.05, 0.075, 0.1, 0.15, 0.2, 0.25, 0.3, 0.5,
  0.75, 1, 1.5, 2, 3, 5, 7.5, 10, 20, 30, 60,
] as const;

/** Of attempts, whole numbers. */
const countBuckets = [1, 2, 3, 5, 10, 20, 50, 100] as const;

interface Value {
  readonly metricName?: string;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly value: number;
}

interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly values: Value[];
}

/**
 * A run in the text format that Prometheus reads. Names are those of the catalogue: `broadcast.latency` is
 * `chatstorm_broadcast_latency_seconds`, `delivery.lost` is `chatstorm_delivery_lost_total`; times are in seconds. A histogram
 * without labels stands for all of those with some.
 */
export function prometheusMetrics(run: WatchedRun | undefined): Promise<string> {
  const families = new Map<string, Family>();
  const family = (name: string, help: string, type: Family['type']): Family => {
    const known = families.get(name) ?? { name, help, type, values: [] };
    families.set(name, known);
    return known;
  };
  if (run) {
    const { plan, progress, metrics } = run;
    const common = { run: plan.id, scenario: plan.scenario.name };
    const about = { ...common, target: plan.target.origin, version: plan.environment.versions.chatstorm ?? '' };
    family('chatstorm_run_info', 'What the run is', 'gauge').values.push({ labels: about, value: 1 });
    if (progress) {
      const gauge = (name: string, help: string, value: number) =>
        family(`chatstorm_${name}`, help, 'gauge').values.push({ labels: common, value });
      gauge('run_elapsed_seconds', 'Time since the run started', progress.at);
      gauge('run_scheduled_seconds', 'How long the run is to last', progress.of);
      gauge('users', 'Crowd users connected', progress.users);
      gauge('messages_per_second', 'Messages sent in the last second, warm-up included', progress.messagesPerSecond);
      gauge('deliveries_per_second', 'Deliveries in the last second, warm-up included', progress.deliveriesPerSecond);
    }
    for (const [key, value] of metrics.counters) {
      const { name, labels } = parseMetricKey(key)!;
      const { about, unit } = catalogue[name as MetricName];
      const full = `chatstorm_${snake(name)}${unit === 'bytes' ? '_bytes' : ''}_total`;
      family(full, about, 'counter').values.push({ labels: { ...common, ...given(labels) }, value });
    }
    for (const [key, histogram] of metrics.histograms) {
      const { name, labels } = parseMetricKey(key)!;
      const { about, unit } = catalogue[name as MetricName];
      const full = `chatstorm_${snake(name)}${unit === 'ms' ? '_seconds' : ''}`;
      const own = { ...common, ...given(labels) };
      family(full, about, 'histogram').values.push(...histogramValues(full, own, histogram, unit === 'ms'));
    }
    for (const { key, source, value } of metrics.gauges) {
      const { name, labels } = parseMetricKey(key)!;
      const { about, unit } = catalogue[name as MetricName];
      const [suffix, scale] = gaugeUnits[unit] ?? ['', 1];
      const own = { ...common, source, ...given(labels) };
      family(`chatstorm_${snake(name)}${suffix}`, about, 'gauge').values.push({ labels: own, value: value * scale });
    }
  }
  const registry = new Registry();
  for (const one of families.values()) registry.registerMetric({ ...one, get: () => one } as never);
  return registry.metrics();
}

const gaugeUnits: Readonly<Record<string, readonly [suffix: string, scale: number]>> = {
  ms: ['_seconds', 0.001],
  bytes: ['_bytes', 1],
  percent: ['_ratio', 0.01],
  ratio: ['_ratio', 1],
};

function histogramValues(name: string, labels: Value['labels'], histogram: Histogram, isTime: boolean): Value[] {
  const bounds: readonly number[] = isTime ? timeBuckets : countBuckets;
  const scale = isTime ? 1e-6 : 1e-3;
  const counts = bounds.map(() => 0);
  histogram.forEachBucket((bucket, count) => {
    const at = bounds.findIndex((bound) => highestIn(bucket) * scale <= bound);
    if (at >= 0) counts[at] = counts[at]! + count;
  });
  let sum = 0;
  const buckets = bounds.map((le, at) => {
    sum += counts[at]!;
    return { metricName: `${name}_bucket`, labels: { ...labels, le }, value: sum };
  });
  return [
    ...buckets,
    { metricName: `${name}_bucket`, labels: { ...labels, le: '+Inf' }, value: histogram.count },
    { metricName: `${name}_sum`, labels, value: histogram.mean * histogram.count * (isTime ? 0.001 : 1) },
    { metricName: `${name}_count`, labels, value: histogram.count },
  ];
}

/** `broadcast.firstMessage` as `broadcast_first_message`. */
function snake(name: string): string {
  return name.replaceAll('.', '_').replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

function given(labels: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== undefined)) as Record<
    string,
    string
  >;
}
