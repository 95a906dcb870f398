import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  AggregationTemporality,
  type CollectionResult,
  DataPointType,
  InstrumentType,
  MeterProvider,
  type MetricData,
  type MetricProducer,
  PeriodicExportingMetricReader,
  type ResourceMetrics,
} from '@opentelemetry/sdk-metrics';
import { catalogue, type MetricName, type Unit } from '../../measure/metrics/metric-catalogue.ts';
import { parseMetricKey } from '../../measure/metrics/metric-key.ts';
import type { RunPlan } from '../../measure/run-record/run-record.ts';
import { exponentialOf } from './exponential-histogram.ts';
import type { WatchedRun } from './watched-run.ts';

const EVERY_MS = 5000;
const TIMEOUT_MS = 4000;

/** Units as OpenTelemetry writes them. */
const units: Readonly<Record<Unit, string>> = {
  ms: 'ms',
  '1': '1',
  bytes: 'By',
  percent: '%',
  ratio: '1',
  '1/s': '1/s',
};

/**
 * Sends the metrics of a run to an OTLP endpoint, over HTTP as protobuf: every five seconds, and at its end. Times are
 * exponential histograms of our own; the SDK does the rest. `failed` is told once where they cannot be sent.
 */
export class OtlpExport {
  readonly #provider: MeterProvider;

  constructor(endpoint: string, run: WatchedRun, failed: (why: string) => void) {
    const url = `${endpoint.replace(/\/+$/, '')}/v1/metrics`;
    const reader = new PeriodicExportingMetricReader({
      exporter: new TellingExporter(url, failed),
      exportIntervalMillis: EVERY_MS,
      exportTimeoutMillis: TIMEOUT_MS,
      metricProducers: [new RunProducer(run)],
    });
    this.#provider = new MeterProvider({ resource: resourceOf(run.plan), readers: [reader] });
  }

  /** Sends the last figures. */
  async close(): Promise<void> {
    // What cannot be sent has been told by then.
    await this.#provider.shutdown().catch(() => {});
  }
}

/** Says once that nothing arrives, instead of each time. */
class TellingExporter extends OTLPMetricExporter {
  readonly #failed: (why: string) => void;
  #isTold = false;

  constructor(url: string, failed: (why: string) => void) {
    super({ url, timeoutMillis: TIMEOUT_MS });
    this.#failed = failed;
  }

  override export(metrics: ResourceMetrics, done: (result: ExportResult) => void): void {
    super.export(metrics, (result) => {
      if (result.code === ExportResultCode.FAILED && !this.#isTold) {
        this.#isTold = true;
        this.#failed(result.error?.message ?? 'no reason was given');
      }
      done({ code: ExportResultCode.SUCCESS });
    });
  }
}

function resourceOf({ id, scenario, target, environment, startedAt }: RunPlan) {
  return resourceFromAttributes({
    'service.name': 'chatstorm',
    'service.version': environment.versions.chatstorm ?? '',
    'service.instance.id': id,
    'chatstorm.run.id': id,
    'chatstorm.run.started_at': startedAt,
    'chatstorm.scenario': scenario.name,
    'chatstorm.target': target.origin,
    'chatstorm.target.kind': target.kind,
    'process.runtime.name': 'nodejs',
    'process.runtime.version': environment.node,
  });
}

/** A run's metrics as the SDK's own would be. */
class RunProducer implements MetricProducer {
  readonly #run: WatchedRun;
  readonly #startTime: [number, number];

  constructor(run: WatchedRun) {
    this.#run = run;
    this.#startTime = hrTimeOf(Date.parse(run.plan.startedAt));
  }

  async collect(): Promise<CollectionResult> {
    const endTime = hrTimeOf(Date.now());
    const metrics = new Map<string, MetricData>();
    const { counters, histograms, gauges } = this.#run.metrics;
    const time = { startTime: this.#startTime, endTime };
    for (const [key, value] of counters) {
      const { name, labels } = parseMetricKey(key)!;
      const data = entryOf(metrics, name, () => ({
        descriptor: descriptorOf(name, InstrumentType.COUNTER),
        aggregationTemporality: AggregationTemporality.CUMULATIVE,
        dataPointType: DataPointType.SUM,
        isMonotonic: true,
        dataPoints: [],
      }));
      (data.dataPoints as object[]).push({ ...time, attributes: labels, value });
    }
    for (const { key, source, value } of gauges) {
      const { name, labels } = parseMetricKey(key)!;
      const data = entryOf(metrics, name, () => ({
        descriptor: descriptorOf(name, InstrumentType.GAUGE),
        aggregationTemporality: AggregationTemporality.CUMULATIVE,
        dataPointType: DataPointType.GAUGE,
        dataPoints: [],
      }));
      (data.dataPoints as object[]).push({ ...time, attributes: { ...labels, source }, value });
    }
    for (const [key, histogram] of histograms) {
      const { name, labels } = parseMetricKey(key)!;
      const data = entryOf(metrics, name, () => ({
        descriptor: descriptorOf(name, InstrumentType.HISTOGRAM),
        aggregationTemporality: AggregationTemporality.CUMULATIVE,
        dataPointType: DataPointType.EXPONENTIAL_HISTOGRAM,
        dataPoints: [],
      }));
      const { scale, zeroCount, offset, bucketCounts } = exponentialOf(histogram);
      const value = {
        count: histogram.count,
        sum: histogram.mean * histogram.count,
        min: histogram.min,
        max: histogram.max,
        scale,
        zeroCount,
        positive: { offset, bucketCounts: [...bucketCounts] },
        negative: { offset: 0, bucketCounts: [] },
      };
      (data.dataPoints as object[]).push({ ...time, attributes: labels, value });
    }
    const scope = { name: 'chatstorm', version: this.#run.plan.environment.versions.chatstorm ?? '' };
    const resource = resourceOf(this.#run.plan);
    return { resourceMetrics: { resource, scopeMetrics: [{ scope, metrics: [...metrics.values()] }] }, errors: [] };
  }
}

function entryOf(metrics: Map<string, MetricData>, name: string, make: () => MetricData): MetricData {
  const known = metrics.get(name) ?? make();
  metrics.set(name, known);
  return known;
}

function descriptorOf(name: string, type: InstrumentType): MetricData['descriptor'] {
  const { about, unit } = catalogue[name as MetricName];
  return { name: `chatstorm.${name}`, description: about, unit: units[unit], type, valueType: 1, advice: {} } as never;
}

function hrTimeOf(ms: number): [number, number] {
  return [Math.floor(ms / 1000), Math.round((ms % 1000) * 1e6)];
}
