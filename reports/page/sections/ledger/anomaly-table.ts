import { numberOf } from '../../../../measure/run-record/read-metrics.ts';
import type { RunRecord } from '../../../../measure/run-record/run-record.ts';
import { count } from '../../../wording/quantities.ts';
import { ofCrowd } from '../../charts/series.ts';
import { columns, type Row, table } from '../../parts/data-table.ts';
import { el } from '../../parts/elements.ts';
import { metricName } from '../../parts/metric-name.ts';

/** Arrivals that should not have been, with examples; boundary arrivals beside them. */
export function anomalyTable(record: RunRecord): HTMLElement {
  const rows = [...kinds.map((kind) => row(record, kind)), gaps(record)];
  const hasExamples = record.anomalies.length > 0;
  return table({
    caption: 'Anomalies',
    columns: [...columns(['Kind'], ['Probes', 'Crowd']), ...columns(hasExamples ? ['Examples'] : [])],
    rows: hasExamples ? rows : rows.map((row) => ({ ...row, cells: row.cells.slice(0, 2) })),
    className: 'wide',
  });
}

const kinds = ['duplicate', 'reordered', 'corrupted', 'misrouted', 'phantom', 'boundary'] as const;

const EXAMPLES = 3;

function row(record: RunRecord, kind: (typeof kinds)[number]): Row {
  const name = `delivery.${kind}` as const;
  const seen = numberOf(record, name);
  const byCrowd = crowdFollows.has(kind) ? ofCrowd(record, name) : undefined;
  const isBad = seen + (byCrowd ?? 0) > 0 && kind !== 'boundary';
  return {
    head: metricName(name, kind),
    cells: [count(seen), byCrowd === undefined ? '–' : count(byCrowd), examples(record, kind)],
    ...(isBad ? { className: 'bad' } : {}),
  };
}

/** What the crowd can tell at all: it knows what it hears, not what was sent to whom. */
const crowdFollows: ReadonlySet<string> = new Set(['duplicate', 'corrupted']);

function gaps(record: RunRecord): Row {
  return {
    head: metricName('delivery.gap', 'gap'),
    cells: ['–', count(ofCrowd(record, 'delivery.gap')), undefined],
  };
}

function examples({ anomalies }: RunRecord, kind: string): HTMLElement | undefined {
  const found = anomalies.filter(({ anomaly }) => anomaly === kind).slice(0, EXAMPLES);
  if (found.length === 0) return undefined;
  const items = found.map(({ at, bot, message, roomName }) =>
    el('li', '', `at ${at.toFixed(2)} s: probe ${bot} heard ${named(message, roomName)}`),
  );
  return el('ul', 'examples', ...items);
}

/** Which message an example is about; its token may be too damaged to tell. */
function named(message: unknown, roomName: unknown): string {
  if (typeof message !== 'object' || message === null) return 'a message whose token is damaged';
  const { sender, room, seq } = message as Record<string, unknown>;
  return `message ${seq} of probe ${sender} in ${roomName ?? `room ${room}`}`;
}
