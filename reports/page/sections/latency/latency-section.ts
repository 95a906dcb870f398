import { catalogue, type MetricName } from '../../../../measure/metrics/metric-catalogue.ts';
import { metricKey, parseMetricKey } from '../../../../measure/metrics/metric-key.ts';
import type { Distribution, RunRecord } from '../../../../measure/run-record/run-record.ts';
import type { PageRecord } from '../../../render/page-record.ts';
import { latencyLimits } from '../../../wording/latency-limits.ts';
import { count, ms, plainNumber, threeDigits, valueIn } from '../../../wording/quantities.ts';
import { intervalWords, steadinessSentence } from '../../../wording/verdict-wording.ts';
import type { Charts } from '../../charts/charts.ts';
import type { Line } from '../../charts/series.ts';
import { columns, type Row, table } from '../../parts/data-table.ts';
import { type Child, el, pairs, section } from '../../parts/elements.ts';
import { insufficient, metricName } from '../../parts/metric-name.ts';
import { fanOut, latencyByRoom, slowestProbes } from './latency-parts.ts';
import { percentileFigure } from './percentile-figure.ts';

/** How fast messages arrived: second by second, and over the measured interval; beside another run, if there is one. */
export function latencySection(record: PageRecord, charts: Charts, other?: PageRecord): HTMLElement {
  const { latency, steps } = record.timeline;
  const chart = charts.figure({
    title: 'Broadcast latency',
    unit: 'ms',
    size: 'tall',
    scales: 'logarithmic',
    heat: steps,
    limits: latencyLimits(record).map(({ statistic, words, ms: value }) => ({
      name: `limit of ${statistic}: ${words}`,
      value,
    })),
    lines: [
      { name: 'p50', values: latency.p50, style: 5 },
      { name: 'p99', values: latency.p99, style: 3 },
      ...(other ? linesOf(other) : []),
    ],
  });
  const about =
    'From when a message was due to its arrival at each recipient, by the second in which it was due. Warm-up and drain are shown but not counted.';
  return section(
    'latency',
    'Latency',
    about,
    chart,
    ...latencyTable(record),
    percentileFigure(record, charts, other),
    fanOut(record),
    ...latencyByRoom(record, charts),
    slowestProbes(record),
  );
}

/** The other run's, dashed; from its own beginning on. */
function linesOf({ id, timeline }: PageRecord): Line[] {
  const { p50, p99 } = timeline.latency;
  return [
    { name: `p50 of ${id}`, values: p50, style: 2 },
    { name: `p99 of ${id}`, values: p99, style: 1 },
  ];
}

function latencyTable(record: RunRecord): Child[] {
  const found = distributions(record);
  if (found.length === 0) return [el('p', 'nothing', 'No latency was measured.')];
  const numbers = ['Count', 'p50', 'p90', 'p95', 'p99', 'p99.9', 'Max'];
  return [
    table({ caption: 'Times', columns: columns(['What'], numbers), rows: found.map(row), className: 'times' }),
    pairs('tiles', trust(record)),
  ];
}

/** How far the figures can be leaned on: their intervals, what the harness itself adds, and whether they still moved. */
function trust(record: RunRecord): [string, Child][] {
  const { intervals, floor } = record;
  const interval = (key: string, show: (value: number) => string) =>
    intervals[key] ? intervalWords(intervals[key], show) : insufficient();
  const value = (ofFloor: number | null) => (ofFloor === null ? insufficient() : ms(ofFloor));
  return [
    ['95 % interval of p50', interval('broadcast.latency.p50', ms)],
    ['95 % interval of p99', interval('broadcast.latency.p99', ms)],
    ['95 % interval of what was delivered', interval('delivery.ratio', (ratio) => `${threeDigits(ratio * 100)} %`)],
    [
      'Floor: the harness against a null target',
      floor ? el('span', '', 'p50 ', value(floor.p50), ', p99 ', value(floor.p99)) : 'not measured',
    ],
    [
      'After the warm-up',
      steadinessSentence(record) ??
        (record.matrix
          ? 'not applicable: the networks differ'
          : record.outages.length > 0
            ? 'not applicable: faults change the latency'
            : 'too few seconds to tell'),
    ],
  ];
}

interface Entry {
  readonly name: MetricName;
  readonly labels: readonly string[];
  readonly distribution: Distribution;
}

/**
 * Every distribution with samples but those that have a place of their own (cells, faults, rooms, the fan-out), in the
 * catalogue's order, the one without labels first. A part that is the whole is left out.
 */
function distributions({ metrics }: RunRecord): Entry[] {
  const entries = Object.entries(metrics).flatMap(([key, metric]): Entry[] => {
    const parsed = parseMetricKey(key);
    if (!parsed || !('p50' in metric) || metric.count === 0 || elsewhere.has(parsed.name)) return [];
    const { network, order, fault, room, ...labels } = parsed.labels;
    if ([network, order, fault, room].some((label) => label !== undefined)) return [];
    const { by, ...parts } = labels;
    const whole = metrics[metricKey(parsed.name, { by })];
    if (Object.keys(parts).length > 0 && whole && 'count' in whole && whole.count === metric.count) return [];
    return [
      {
        name: parsed.name as MetricName,
        labels: Object.values(labels).filter((label) => label !== undefined),
        distribution: metric,
      },
    ];
  });
  return (Object.keys(catalogue) as MetricName[]).flatMap((name) => entries.filter((entry) => entry.name === name));
}

const elsewhere: ReadonlySet<string> = new Set<MetricName>([
  'broadcast.first',
  'broadcast.median',
  'broadcast.last',
  'broadcast.spread',
]);

function row({ name, labels, distribution }: Entry): Row {
  const tags = labels.map((label) => el('span', 'tag', label));
  const read = (value: number | null) => {
    if (value === null) return insufficient();
    return distribution.unit === 'ms' ? valueIn('ms', value) : plainNumber(value);
  };
  const { p50, p90, p95, p99, p999, max } = distribution;
  return {
    head: el('span', labels.length > 0 ? 'part' : '', metricName(name), ...tags),
    cells: [count(distribution.count), ...[p50, p90, p95, p99, p999, max].map(read)],
  };
}
