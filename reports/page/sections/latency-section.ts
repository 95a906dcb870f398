import { catalogue, type MetricName } from '../../../measure/metrics/metric-catalogue.ts';
import { parseMetricKey } from '../../../measure/metrics/metric-key.ts';
import type { Distribution, RunRecord } from '../../../measure/run-record/run-record.ts';
import type { PageRecord } from '../../render/page-record.ts';
import { count, ms, plainNumber, valueIn } from '../../wording/quantities.ts';
import { floorSentence, intervalWords, steadinessSentence } from '../../wording/verdict-wording.ts';
import type { Charts } from '../charts/charts.ts';
import type { Line } from '../charts/series.ts';
import { columns, explained, type Row, table } from '../data-table.ts';
import { breakable, type Child, el, pairs, section } from '../elements.ts';
import { percentileFigure } from './percentile-figure.ts';

/** How fast messages arrived: second by second, and over the measured interval; beside another run, if there is one. */
export function latencySection(record: PageRecord, charts: Charts, other?: PageRecord): HTMLElement {
  const { p50, p95, p99, max } = record.timeline.latency;
  const chart = charts.figure({
    title: 'Broadcast latency',
    unit: 'ms',
    size: 'tall',
    lines: [
      { name: 'p50', values: p50, style: 0 },
      { name: 'p95', values: p95, style: 2 },
      { name: 'p99', values: p99, style: 1 },
      { name: 'max', values: max, style: 3 },
      ...(other ? linesOf(other) : []),
    ],
  });
  const about =
    'From when a message was due to its arrival at each recipient, by the second in which it was due. Warm-up and drain are shown but not counted.';
  return section('latency', 'Latency', about, chart, ...latencyTable(record), percentileFigure(record, charts, other));
}

/** The other run's, dashed; from its own beginning on. */
function linesOf({ id, timeline }: PageRecord): Line[] {
  const { p50, p99 } = timeline.latency;
  return [
    { name: `p50 of ${id}`, values: p50, style: 4 },
    { name: `p99 of ${id}`, values: p99, style: 5 },
  ];
}

function latencyTable(record: RunRecord): Child[] {
  const found = distributions(record);
  if (found.length === 0) return [el('p', 'nothing', 'No latency was measured.')];
  const isThin = found.some(({ distribution }) => distribution.p999 === null);
  const numbers = ['Count', 'p50', 'p90', 'p95', 'p99', 'p99.9', 'Max'];
  return [
    table({ caption: 'Times', columns: columns(['What'], numbers), rows: found.map(row), className: 'times' }),
    isThin ? el('p', 'note', thinNote) : undefined,
    pairs('tiles', trust(record)),
  ];
}

/** How far the figures can be leaned on: their intervals, what the harness itself adds, and whether they still moved. */
function trust(record: RunRecord): [string, string][] {
  const { intervals } = record;
  return [
    ['95 % interval of p50', intervalWords(intervals['broadcast.latency.p50'], ms)],
    ['95 % interval of p99', intervalWords(intervals['broadcast.latency.p99'], ms)],
    ['95 % interval of the delivery ratio', intervalWords(intervals['delivery.ratio'], plainNumber)],
    ['Floor: the harness against a null target', floorSentence(record)],
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

/** Every distribution with samples but those of the matrix and of single faults, in the catalogue's order, the one without labels first. */
function distributions({ metrics }: RunRecord): Entry[] {
  const entries = Object.entries(metrics).flatMap(([key, metric]): Entry[] => {
    const parsed = parseMetricKey(key);
    if (!parsed || !('p50' in metric) || metric.count === 0 || parsed.labels.network !== undefined) return [];
    if (parsed.labels.order !== undefined || parsed.labels.fault !== undefined) return [];
    return [
      {
        name: parsed.name as MetricName,
        labels: Object.values(parsed.labels).filter((label) => label !== undefined),
        distribution: metric,
      },
    ];
  });
  return (Object.keys(catalogue) as MetricName[]).flatMap((name) => entries.filter((entry) => entry.name === name));
}

function row({ name, labels, distribution }: Entry): Row {
  const what = el('code', '', ...breakable(name));
  const tags = labels.map((label) => el('span', 'tag', label));
  const read = (value: number | null) => {
    if (value === null) return el('span', 'thin', 'insufficient');
    return distribution.unit === 'ms' ? valueIn('ms', value) : plainNumber(value);
  };
  const { p50, p90, p95, p99, p999, max } = distribution;
  return {
    head: labels.length > 0 ? el('span', 'part', what, ...tags) : explained(what, catalogue[name].about),
    cells: [count(distribution.count), ...[p50, p90, p95, p99, p999, max].map(read)],
  };
}

const thinNote =
  'Insufficient: too few messages. p99 needs about 600, p99.9 about 6,000; the deliveries of one message count as one.';
