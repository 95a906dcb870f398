import type { RunRecord } from '../../../measure/run-record/run-record.ts';
import type { Charts } from '../charts/charts.ts';
import { counterLine } from '../charts/series.ts';
import { el, section } from '../parts/elements.ts';

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
  return section('traffic', 'Messages and deliveries', about, el('div', 'columns', messages, deliveries));
}
