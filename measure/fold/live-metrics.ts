import type { EventLine } from '../metrics/events.ts';
import { Histogram } from '../metrics/histogram.ts';
import { isMetricName } from '../metrics/metric-catalogue.ts';
import { parseMetricKey } from '../metrics/metric-key.ts';
import { sourceName } from '../metrics/source.ts';
import type { Window } from '../metrics/window.ts';
import type { RunPlan } from '../run-record/run-record.ts';
import { cellTotals, isCounted } from './metric-sums.ts';

/** A gauge of a process, as it was last. */
export interface LiveGauge {
  readonly key: string;
  readonly source: string;
  readonly at: number;
  readonly value: number;
}

/** Bounds, whatever the lines hold. */
const MOST_SERIES = 10_000;
const MOST_HISTOGRAMS = 500;

/**
 * The metrics of a run as they grow, for what watches it from outside. They come to what run.json has in the end, since they
 * count the same seconds: those of `measured` metrics over the measured interval only. Each count stands under the one key
 * that it was made for, so that the counts of a name can be added up; histograms also under keys with fewer labels.
 */
export class LiveMetrics {
  readonly #from: number;
  readonly #to: number;
  readonly #counters = new Map<string, number>();
  readonly #histograms = new Map<string, Histogram>();
  readonly #gauges = new Map<string, LiveGauge>();

  constructor({ phases }: RunPlan) {
    this.#from = phases.warmup;
    this.#to = phases.warmup + phases.measure;
  }

  get counters(): ReadonlyMap<string, number> {
    return this.#counters;
  }

  get histograms(): ReadonlyMap<string, Histogram> {
    return this.#histograms;
  }

  get gauges(): Iterable<LiveGauge> {
    return this.#gauges.values();
  }

  add(lines: readonly (Window | EventLine)[]): void {
    for (const line of lines) if ('counters' in line) this.#window(line);
  }

  #window({ at, source, counters, histograms, gauges }: Window): void {
    const measured = at >= this.#from && at < this.#to;
    for (const [key, n] of Object.entries(counters)) {
      if (!isCounted(key, measured) || (!this.#counters.has(key) && this.#counters.size === MOST_SERIES)) continue;
      this.#counters.set(key, (this.#counters.get(key) ?? 0) + n);
    }
    for (const [key, encoded] of Object.entries(histograms))
      if (isCounted(key, measured)) for (const total of cellTotals(key)) this.#histogram(total)?.addEncoded(encoded);
    const name = sourceName(source);
    for (const [key, value] of Object.entries(gauges)) {
      const id = `${name} ${key}`;
      const known = this.#gauges.get(id);
      if (!isMetricName(parseMetricKey(key)?.name ?? '') || (known && known.at > at)) continue;
      if (known || this.#gauges.size < MOST_SERIES) this.#gauges.set(id, { key, source: name, at, value });
    }
  }

  #histogram(key: string): Histogram | undefined {
    const known = this.#histograms.get(key);
    if (known || this.#histograms.size === MOST_HISTOGRAMS) return known;
    const histogram = new Histogram();
    this.#histograms.set(key, histogram);
    return histogram;
  }
}
