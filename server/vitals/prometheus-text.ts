import { Counter, Gauge, Registry } from 'prom-client';
import type { NodeVitals } from './vitals.ts';

/** Counts since the start, by metric and label, besides those of the vitals: `{ refusals: { label: 'reason', counts } }`. */
export type MoreCounts = Readonly<
  Record<string, { readonly help: string; readonly label: string; readonly counts: Readonly<Record<string, number>> }>
>;

/** The media type of {@link prometheusText}. */
export const prometheusType = Registry.PROMETHEUS_CONTENT_TYPE;

/** Vitals in the text format that Prometheus reads. */
export function prometheusText(vitals: NodeVitals, more: MoreCounts = {}): Promise<string> {
  const registry = new Registry();
  registry.setDefaultLabels({ node: vitals.node });
  const gauge = (name: string, help: string, value: number | null) => {
    const gauge = new Gauge({ name: `chatstorm_${name}`, help, registers: [registry] });
    if (value === null) registry.removeSingleMetric(`chatstorm_${name}`);
    else gauge.set(value);
  };
  const gauges = (name: string, help: string, label: string, values: Readonly<Record<string, number>>) => {
    const gauge = new Gauge({ name: `chatstorm_${name}`, help, labelNames: [label], registers: [registry] });
    for (const [key, value] of Object.entries(values)) gauge.set({ [label]: key }, value);
  };
  const counter = (name: string, help: string, label: string, counts: Readonly<Record<string, number>>) => {
    const counter = new Counter({ name: `chatstorm_${name}`, help, labelNames: [label], registers: [registry] });
    for (const [key, count] of Object.entries(counts)) counter.inc({ [label]: key }, count);
  };
  const { eventLoopDelay } = vitals;
  gauge('uptime_seconds', 'Time since the process started', vitals.uptimeSeconds);
  gauge('heap_used_bytes', 'Heap in use', vitals.heapUsedBytes);
  gauge('resident_memory_bytes', 'Resident memory', vitals.rssBytes);
  gauge('gc_pause_seconds', 'Time in garbage collection in the last second', vitals.gcPauseMs / 1000);
  gauges('event_loop_delay_seconds', 'Event-loop delay in the last second', 'quantile', {
    '0.99': eventLoopDelay.p99Ms / 1000,
    '1': eventLoopDelay.maxMs / 1000,
  });
  gauges('clients', 'Connected clients', 'transport', vitals.transports);
  gauge('rooms', 'Rooms with somebody in them', vitals.rooms);
  gauge('buffered_bytes', 'Bytes queued for clients', vitals.bufferedBytes);
  gauge('buffered_packets', 'Packets queued for clients', vitals.bufferedPackets);
  counter('connection_errors_total', 'Requests that Engine.IO refused', 'reason', vitals.connectionErrors);
  for (const [name, { help, label, counts }] of Object.entries(more)) counter(name, help, label, counts);
  return registry.metrics();
}
