import type { NodeVitals } from './vitals.ts';

/** Vitals in the text format that Prometheus reads. */
export function prometheusText(vitals: NodeVitals): string {
  const { node, transports, connectionErrors, eventLoopDelay } = vitals;
  const lines: string[] = [];
  const add = (
    name: string,
    type: 'gauge' | 'counter',
    help: string,
    samples: Readonly<Record<string, number | null>>,
  ) => {
    lines.push(`# HELP chatstorm_${name} ${help}`, `# TYPE chatstorm_${name} ${type}`);
    for (const [labels, value] of Object.entries(samples)) {
      const more = labels === '' ? '' : `,${labels}`;
      if (value !== null) lines.push(`chatstorm_${name}{node="${escaped(node)}"${more}} ${value}`);
    }
  };
  const labelled = (label: string, values: Readonly<Record<string, number>>) =>
    Object.fromEntries(Object.entries(values).map(([key, value]) => [`${label}="${escaped(key)}"`, value]));
  add('uptime_seconds', 'gauge', 'Time since the process started', { '': vitals.uptimeSeconds });
  add('heap_used_bytes', 'gauge', 'Heap in use', { '': vitals.heapUsedBytes });
  add('resident_memory_bytes', 'gauge', 'Resident memory', { '': vitals.rssBytes });
  add('gc_pause_seconds', 'gauge', 'Time in garbage collection in the last second', { '': vitals.gcPauseMs / 1000 });
  add('event_loop_delay_seconds', 'gauge', 'Event-loop delay in the last second', {
    'quantile="0.99"': eventLoopDelay.p99Ms / 1000,
    'quantile="1"': eventLoopDelay.maxMs / 1000,
  });
  add('clients', 'gauge', 'Connected clients', labelled('transport', transports));
  add('rooms', 'gauge', 'Rooms with somebody in them', { '': vitals.rooms });
  add('buffered_bytes', 'gauge', 'Bytes queued for clients', { '': vitals.bufferedBytes });
  add('buffered_packets', 'gauge', 'Packets queued for clients', { '': vitals.bufferedPackets });
  add('connection_errors_total', 'counter', 'Requests that Engine.IO refused', labelled('reason', connectionErrors));
  return `${lines.join('\n')}\n`;
}

function escaped(value: string): string {
  return value.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n');
}
