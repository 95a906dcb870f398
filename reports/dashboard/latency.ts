import { catalogue, type MetricName } from '../../measure/catalogue.ts';
import { parseMetricKey } from '../../measure/keys.ts';
import type { Distribution, RunRecord } from '../../measure/run-record.ts';
import { count, numberOf, plainNumber } from '../sentences.ts';
import type { Charts } from './charts.ts';
import { breakable, type Child, el, section } from './dom.ts';
import { valueIn } from './format.ts';
import { columns, explained, type Row, table } from './table.ts';

/** How fast messages arrived: second by second, and over the measured interval. */
export function latencySection(record: RunRecord, charts: Charts): HTMLElement {
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
    ],
  });
  const about =
    'From when a message was due to its arrival at each recipient, by the second in which it was due. Warm-up and drain are shown and not counted.';
  return section('latency', 'Latency', about, chart, ...latencyTable(record));
}

function latencyTable(record: RunRecord): Child[] {
  const found = distributions(record);
  if (found.length === 0) return [el('p', 'nothing', 'No latency was measured.')];
  const isThin = found.some((entry) => behind(record, entry) < WANTED.p999);
  const numbers = ['Count', 'p50', 'p90', 'p95', 'p99', 'p99.9', 'Max'];
  const rows = found.map((entry) => row(record, entry));
  return [
    table({ caption: 'Times', columns: columns(['What'], numbers), rows, className: 'times' }),
    isThin ? el('p', 'note', thinNote) : undefined,
  ];
}

interface Entry {
  readonly name: MetricName;
  readonly labels: readonly string[];
  readonly distribution: Distribution;
}

/** Every distribution with samples, in the catalogue's order, the one without labels first. */
function distributions({ metrics }: RunRecord): Entry[] {
  const entries = Object.entries(metrics).flatMap(([key, metric]): Entry[] => {
    const parsed = parseMetricKey(key);
    if (!parsed || !('p50' in metric) || metric.count === 0) return [];
    return [{ name: parsed.name as MetricName, labels: Object.values(parsed.labels), distribution: metric }];
  });
  return (Object.keys(catalogue) as MetricName[]).flatMap((name) => entries.filter((entry) => entry.name === name));
}

function row(record: RunRecord, entry: Entry): Row {
  const { name, labels, distribution } = entry;
  const messages = behind(record, entry);
  const what = el('code', '', ...breakable(name));
  const tags = labels.map((label) => el('span', 'tag', label));
  const read = (value: number, wanted = 0) => {
    const text = distribution.unit === 'ms' ? valueIn('ms', value) : plainNumber(value);
    return messages < wanted ? el('span', 'thin', text, el('span', 'dagger', ' †')) : text;
  };
  const { p50, p90, p95, p99, p999, max } = distribution;
  return {
    head: labels.length > 0 ? el('span', 'part', what, ...tags) : explained(what, catalogue[name].about),
    cells: [
      count(distribution.count),
      read(p50),
      read(p90),
      read(p95),
      read(p99, WANTED.p99),
      read(p999, WANTED.p999),
      read(max),
    ],
  };
}

/** Messages that a percentile needs behind it: about six beyond it. */
const WANTED = { p99: 600, p999: 6000 } as const;

const thinNote =
  '† Too few messages behind it to lean on: p99 wants about 600, p99.9 about 6,000. The deliveries of one message count as one.';

/** How many messages are behind a distribution at the most: all deliveries of one message are one sample. */
function behind(record: RunRecord, { name, labels, distribution }: Entry): number {
  if (name !== 'broadcast.latency' && name !== 'broadcast.service') return distribution.count;
  const ofCrowd = labels.includes('crowd') ? numberOf(record, 'messages.sent{by=crowd}') : 0;
  return Math.min(distribution.count, numberOf(record, 'messages.sent') + ofCrowd);
}
