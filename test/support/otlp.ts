/** A receiver of OTLP metrics over HTTP: decodes the protobuf that arrives, as opentelemetry-proto numbers its fields. */

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import protobuf from 'protobufjs';

const { root } = protobuf.parse(`
  syntax = "proto3";
  message Export { repeated ResourceMetrics resource_metrics = 1; }
  message ResourceMetrics { Resource resource = 1; repeated ScopeMetrics scope_metrics = 2; }
  message Resource { repeated KeyValue attributes = 1; }
  message KeyValue { string key = 1; AnyValue value = 2; }
  message AnyValue { string string_value = 1; }
  message ScopeMetrics { repeated Metric metrics = 2; }
  message Metric { string name = 1; string unit = 3; Numbers gauge = 5; Numbers sum = 7; Exponentials exponential_histogram = 10; }
  message Numbers { repeated Number data_points = 1; int32 aggregation_temporality = 2; bool is_monotonic = 3; }
  message Number { repeated KeyValue attributes = 7; fixed64 start = 2; fixed64 time = 3; oneof value { double as_double = 4; sfixed64 as_int = 6; } }
  message Exponentials { repeated Exponential data_points = 1; int32 aggregation_temporality = 2; }
  message Exponential {
    repeated KeyValue attributes = 1; fixed64 count = 4; double sum = 5; sint32 scale = 6; fixed64 zero_count = 7;
    Buckets positive = 8; double min = 12; double max = 13;
  }
  message Buckets { sint32 offset = 1; repeated uint64 bucket_counts = 2; }
`);
const Export = root.lookupType('Export');

interface Attribute {
  readonly key: string;
  readonly value: { readonly stringValue: string };
}

export interface ReceivedPoint {
  readonly attributes: readonly Attribute[];
  readonly asDouble?: number;
  readonly count?: number;
  readonly zeroCount?: number;
  readonly scale?: number;
  readonly positive?: { readonly offset: number; readonly bucketCounts: readonly number[] };
}

export interface ReceivedMetric {
  readonly name: string;
  readonly unit: string;
  readonly sum?: { readonly dataPoints: readonly ReceivedPoint[] };
  readonly exponentialHistogram?: { readonly dataPoints: readonly ReceivedPoint[] };
}

export interface Received {
  readonly resource: Readonly<Record<string, string>>;
  readonly metrics: ReadonlyMap<string, ReceivedMetric>;
}

/** What arrives at `url`, decoded: one for each export. */
export async function otlpReceiver(): Promise<{ url: string; received: Received[]; server: Server }> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      const bytes = request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
      received.push(decoded(bytes));
      response.setHeader('Content-Type', 'application/x-protobuf').end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received, server };
}

function decoded(bytes: Buffer): Received {
  const message = Export.toObject(Export.decode(bytes), { longs: Number, arrays: true, defaults: true });
  const [{ resource, scopeMetrics }] = message.resourceMetrics;
  return {
    resource: Object.fromEntries(resource.attributes.map(({ key, value }: Attribute) => [key, value.stringValue])),
    metrics: new Map(
      scopeMetrics.flatMap(({ metrics }: { metrics: ReceivedMetric[] }) =>
        metrics.map((metric) => [metric.name, metric]),
      ),
    ),
  };
}

/** The point without attributes: the total. */
export function totalOf(points: readonly ReceivedPoint[]): ReceivedPoint {
  return points.find(({ attributes }) => attributes.length === 0)!;
}

/** The bounds of the bucket in which so much of the samples lies below, ms. */
export function quantileBounds(
  { count, zeroCount, scale, positive }: ReceivedPoint,
  q: number,
): readonly [number, number] {
  const base = 2 ** (2 ** -scale!);
  let below = zeroCount!;
  for (const [at, bucket] of positive!.bucketCounts.entries()) {
    below += bucket;
    if (below >= count! * q) return [base ** (positive!.offset + at), base ** (positive!.offset + at + 1)];
  }
  throw new Error('The buckets hold fewer samples than were counted.');
}
