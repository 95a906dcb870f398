import { catalogue, isMetricName, type MetricKind } from '../../../measure/metrics/metric-catalogue.ts';
import { parseMetricKey } from '../../../measure/metrics/metric-key.ts';
import { samplesFor } from '../../../measure/statistics/sufficiency.ts';
import { count } from '../../wording/quantities.ts';
import { breakable, type Child, el } from './elements.ts';
import { hinted } from './hints.ts';

/** A metric's key as code that explains itself from the catalogue; `shown` stands in its place where there is a shorter one. */
export function metricName(key: string, shown?: Child): HTMLElement {
  const code = shown === undefined ? el('code', '', ...breakable(key)) : el('span', '', shown);
  const about = aboutMetric(key);
  return about === undefined ? code : hinted(code, about);
}

/** A threshold as code; the metrics in it explain themselves. */
export function thresholdText(text: string): HTMLElement {
  const code = el('code', '', ...breakable(text));
  const abouts = [...text.matchAll(/[a-z][a-zA-Z]*(?:\.[a-zA-Z0-9]+)*(?:\{[^}]*\})?/g)].flatMap(([name]) => {
    const about = aboutMetric(name);
    return about === undefined ? [] : [about];
  });
  return abouts.length === 0 ? code : hinted(code, abouts.join(' / '));
}

/** What a metric counts or times, and over what; undefined where it is none. The name may end in a statistic. */
function aboutMetric(key: string): string | undefined {
  const name = parseMetricKey(key)?.name ?? '';
  const known = isMetricName(name) ? name : name.slice(0, name.lastIndexOf('.'));
  if (!isMetricName(known)) return undefined;
  const { about, over }: MetricKind = catalogue[known];
  return `${known}: ${about}. ${over === 'measured' ? 'Over the measured interval.' : 'Over the whole run.'}`;
}

/** A dash for a value that too few samples stand behind, with the reason. */
export function insufficient(): HTMLElement {
  return hinted(
    el('span', 'thin', '–'),
    `Insufficient: a p99 needs about ${count(samplesFor(99))} independent samples, a p99.9 about ${count(samplesFor(99.9))}, a p95 ${count(samplesFor(95))}. The deliveries of one message count as one.`,
  );
}
