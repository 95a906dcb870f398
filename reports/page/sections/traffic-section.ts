import type { RunRecord } from '../../../measure/run-record/run-record.ts';
import { statistic } from '../../wording/quantities.ts';
import type { Charts } from '../charts/charts.ts';
import { counterLine } from '../charts/series.ts';
import { el, pairs, section } from '../elements.ts';

/** Messages sent and deliveries received, each second. */
export function trafficSection(record: RunRecord, charts: Charts): HTMLElement {
  const messages = charts.figure({
    title: 'Messages per second',
    unit: '1',
    lines: [
      ...counterLine(record, 'messages.scheduled', 'due (probes)', 0),
      ...counterLine(record, 'messages.sent', 'sent (probes)', 1),
      ...counterLine(record, 'messages.sent{by=crowd}', 'sent (crowd)', 2),
    ],
  });
  const deliveries = charts.figure({
    title: 'Deliveries per second',
    unit: '1',
    lines: [
      ...counterLine(record, 'delivery.arrived', 'arrived at probes', 0),
      ...counterLine(record, 'delivery.delivered{by=crowd}', 'delivered to the crowd', 1),
    ],
  });
  const about = 'Arrivals at the probes include the messages of the crowd.';
  return section(
    'traffic',
    'Messages and deliveries',
    about,
    el('div', 'columns', messages, deliveries),
    spread(record),
  );
}

/** How far apart the recipients of a message hear it. */
function spread({ metrics }: RunRecord): HTMLElement | undefined {
  const metric = metrics['broadcast.spread'];
  if (!metric || !('p50' in metric) || metric.count === 0) return undefined;
  const { p50, p95, p99, max } = metric;
  const tiles = pairs('tiles four', [
    ['p50', statistic(p50)],
    ['p95', statistic(p95)],
    ['p99', statistic(p99)],
    ['Max', statistic(max)],
  ]);
  return el('div', '', el('h3', '', 'Spread: from the first recipient of a message to the last'), tiles);
}
