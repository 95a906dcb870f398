import { catalogue, type MetricName } from '../../../measure/metrics/metric-catalogue.ts';
import type { RunRecord } from '../../../measure/run-record/run-record.ts';
import type { Charts } from '../charts/charts.ts';
import { gaugeLines } from '../charts/series.ts';
import { el, section } from '../parts/elements.ts';

/** How the processes were doing; a gauge that nobody told is not drawn. */
export function vitalsSection(record: RunRecord, charts: Charts): HTMLElement {
  const figures = gauges.flatMap(([name, title]) => {
    const lines = gaugeLines(record, name);
    return charts.figure({ title, unit: catalogue[name].unit, lines }) ?? [];
  });
  const content = figures.length > 0 ? el('div', 'columns', ...figures) : el('p', 'nothing', 'No data.');
  const about =
    'The server and the processes of the load generator, each second. A gap means that there was no answer.';
  return section('vitals', 'Server and generator', about, content);
}

const gauges: readonly (readonly [MetricName, string])[] = [
  ['cpu', 'CPU, of one core'],
  ['rss', 'Resident memory'],
  ['loopDelay', 'Event-loop delay, highest of the second'],
  ['loopStall', 'Longest block of the event loop, measured from outside'],
  ['loopUtilization', 'Event-loop utilisation'],
  ['server.heap', 'Server heap in use'],
  ['server.gcPause', 'Server garbage collection per second'],
  ['fds', 'Open descriptors'],
  ['server.bufferedBytes', 'Bytes queued for clients'],
];
