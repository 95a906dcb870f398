import { parseMetricKey } from '../../../../measure/metrics/metric-key.ts';
import type { PageRecord } from '../../../render/page-record.ts';
import { ms } from '../../../wording/quantities.ts';
import type { Charts } from '../../charts/charts.ts';
import type { Curve } from '../../charts/percentile-chart.ts';

/** The whole distribution of what probes heard: from when it was due and from the hand-over, beside another run's and what the harness adds. */
export function percentileFigure(record: PageRecord, charts: Charts, other?: PageRecord): HTMLElement | undefined {
  const curves = [
    ...record.curves.map(({ key, points }, style): Curve => ({ name: nameOf(key), style, points, kind: 'line' })),
    ...(other?.curves ?? [])
      .filter(({ key }) => key === 'broadcast.latency')
      .map(({ points }): Curve => ({ name: `from when it was due, ${other?.id}`, style: 4, points, kind: 'line' })),
  ];
  if (curves.length === 0) return undefined;
  const { floor } = record;
  const marks = (
    [
      [50, floor?.p50],
      [99, floor?.p99],
    ] as const
  ).flatMap(([percent, value]) => (value == null ? [] : [[percent, value] as const]));
  const all =
    marks.length > 0 ? [...curves, { name: 'floor', style: 5, points: marks, kind: 'points' as const }] : curves;
  const ends = curves.map(({ name, points }) => `${name} up to ${ms(points.at(-1)![1])}`);
  const about = `Latency by percentile, as far as there are enough messages: ${ends.join('; ')}. The table below has every value.`;
  return charts.nines('Latency by percentile, both axes logarithmic', all, about);
}

function nameOf(key: string): string {
  const parsed = parseMetricKey(key);
  const from = parsed?.name === 'broadcast.service' ? 'from sending' : 'from when it was due';
  const transport = parsed?.labels.transport;
  return transport === undefined ? from : `${from}, ${transport}`;
}
