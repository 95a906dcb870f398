import { Histogram } from './histogram.ts';
import { parseMetricKey, rollUps } from './keys.ts';
import type { RunRecord } from './run-record.ts';
import type { Window } from './window.ts';

type Series = (number | null)[];

/** A day: windows outside of it are a damaged file's, not a run's. */
const LONGEST_S = 86_400;

/** The run second by second, as charts show it: latency, counters, and every source's gauges. */
export class Timeline {
  #seconds = 0;
  readonly #latency = new Map<number, string[]>();
  readonly #crowdLatency = new Map<number, string[]>();
  readonly #byTransport = { polling: new Map<number, string[]>(), websocket: new Map<number, string[]>() };
  readonly #counters = new Map<string, Map<number, number>>();
  readonly #gauges = new Map<string, Map<string, Map<number, number>>>();

  add(window: Window): void {
    const { at } = window;
    if (at < 0 || at > LONGEST_S) return;
    this.#seconds = Math.max(this.#seconds, at + 1);
    for (const [key, n] of Object.entries(window.counters)) {
      for (const total of shownOf(key)) {
        const counts = entry(this.#counters, total, () => new Map<number, number>());
        counts.set(at, (counts.get(at) ?? 0) + n);
      }
    }
    const gauges = entry(this.#gauges, window.source, () => new Map<string, Map<number, number>>());
    for (const [key, value] of Object.entries(window.gauges)) {
      entry(gauges, key, () => new Map<number, number>()).set(at, value);
    }
    const latency = window.histograms['broadcast.latency'];
    const byCrowd = window.histograms['broadcast.latency{by=crowd}'];
    if (latency) entry(this.#latency, at, () => []).push(latency);
    for (const transport of ['polling', 'websocket'] as const) {
      const encoded = window.histograms[`broadcast.latency{transport=${transport}}`];
      if (encoded) entry(this.#byTransport[transport], at, () => []).push(encoded);
    }
    if (byCrowd) entry(this.#crowdLatency, at, () => []).push(byCrowd);
  }

  record(): RunRecord['timeline'] {
    const latency: RunRecord['timeline']['latency'] = { p50: [], p95: [], p99: [], max: [] };
    for (let at = 0; at < this.#seconds; at++) {
      const histogram = this.latencyAt(at);
      latency.p50.push(histogram?.percentile(50) ?? null);
      latency.p95.push(histogram?.percentile(95) ?? null);
      latency.p99.push(histogram?.percentile(99) ?? null);
      latency.max.push(histogram?.max ?? null);
    }
    return {
      seconds: this.#seconds,
      latency,
      transports: {
        polling: this.#latencyOver('polling'),
        websocket: this.#latencyOver('websocket'),
      },
      counters: this.#all(this.#counters, 0),
    };
  }

  #latencyOver(transport: 'polling' | 'websocket'): { p50: Series; max: Series } {
    const histograms = this.#byTransport[transport];
    const over = Array.from({ length: this.#seconds }, (_, at) => merged(histograms.get(at)));
    return { p50: over.map((one) => one?.percentile(50) ?? null), max: over.map((one) => one?.max ?? null) };
  }

  /** The latency of the messages that were due in a second, undefined without any. */
  latencyAt(second: number): Histogram | undefined {
    return merged(this.#latency.get(second));
  }

  /** The crowd's median latency of the probes' messages, by second, ms. */
  crowdP50(): Series {
    return this.#series((at) => merged(this.#crowdLatency.get(at))?.percentile(50) ?? null);
  }

  counter(key: string, second: number): number {
    return this.#counters.get(key)?.get(second) ?? 0;
  }

  /** The keys of a counter, whatever their labels. */
  counterKeys(name: string): string[] {
    return [...this.#counters.keys()].filter((key) => key.startsWith(`${name}{`));
  }

  vitals(): RunRecord['vitals'] {
    const named = [...this.#gauges].filter(([, gauges]) => gauges.size > 0).sort(byKey);
    return Object.fromEntries(named.map(([source, gauges]) => [source, this.#all(gauges, null)]));
  }

  /** A gauge of whichever source has it. */
  gauge(key: string): Series {
    const values = [...this.#gauges.values()].find((gauges) => gauges.has(key))?.get(key);
    return this.#series((at) => values?.get(at) ?? null);
  }

  #all(seriesByKey: Map<string, Map<number, number>>, missing: number | null): Record<string, Series> {
    const sorted = [...seriesByKey].sort(byKey);
    return Object.fromEntries(sorted.map(([key, values]) => [key, this.#series((at) => values.get(at) ?? missing)]));
  }

  #series(value: (at: number) => number | null): Series {
    return Array.from({ length: this.#seconds }, (_, at) => value(at));
  }
}

/** What is shown second by second: totals, and by one label beside the crowd's. */
function shownOf(key: string): readonly string[] {
  const known = shown.get(key);
  if (known) return known;
  const few = rollUps(key).filter((total) => {
    const { by: _, ...labels } = parseMetricKey(total)?.labels ?? {};
    return Object.keys(labels).length <= 1;
  });
  shown.set(key, few);
  return few;
}

const shown = new Map<string, readonly string[]>();

function merged(encoded: readonly string[] | undefined): Histogram | undefined {
  if (!encoded) return undefined;
  const histogram = new Histogram();
  for (const each of encoded) histogram.addEncoded(each);
  return histogram;
}

function entry<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}
