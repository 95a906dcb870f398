/** The metric catalogue as a reference for readers: one row per metric, in the catalogue's order. */

import { catalogue, type MetricKind, type Unit } from '../../measure/metrics/metric-catalogue.ts';

const unitWords: Readonly<Record<Unit, string>> = {
  ms: 'ms',
  '1': 'count',
  bytes: 'bytes',
  percent: '%',
  ratio: '0 to 1',
  '1/s': 'per second',
};

export const metricHead = ['metric', 'type', 'unit', 'over', 'meaning'];

/** The catalogue's metrics as rows under `metricHead`. */
export function metricRows(): string[][] {
  return Object.entries<MetricKind>(catalogue).map(([name, { type, unit, over, about }]) => {
    return [name, type, unitWords[unit], over, about];
  });
}

/** The catalogue as the Markdown page docs/metrics.md. */
export function metricsMarkdown(): string {
  const rows = metricRows().map(([name, ...rest]) => `| \`${name}\` | ${rest.join(' | ')} |`);
  return `${pageTop}
| ${metricHead.join(' | ')} |
| ${metricHead.map(() => '---').join(' | ')} |
${rows.join('\n')}
`;
}

const pageTop = `# Metrics

<!-- Generated from measure/metrics/metric-catalogue.ts. Update: npx vitest run test/docs.test.ts -u -->

The same table on the terminal: \`npx chatstorm metrics\`.

A metric over *measured* counts samples of messages that were due in the measured interval: without warm-up and drain. A
metric over the *run* counts everything. A distribution has the statistics \`min\`, \`mean\`, \`p50\`, \`p90\`, \`p95\`, \`p99\`,
\`p999\`, \`max\` and \`count\`; a threshold names one, as in \`broadcast.latency.p99 < 250ms\`. All other metrics are a single
number, as in \`delivery.lost == 0\`. Labels select a part, as in \`connections.failed{reason=timeout} == 0\`. Metrics of the
crowd carry \`by=crowd\` and are never added to those of the probes.
`;
