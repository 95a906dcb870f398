import { Histogram } from '../metrics/histogram.ts';
import { parseMetricKey, rollUps } from '../metrics/metric-key.ts';
import { nodeName, type Source, sourceName } from '../metrics/source.ts';
import type { Window } from '../metrics/window.ts';
import type { RunRecord } from '../run-record/run-record.ts';
import { latencyStepOf } from '../statistics/latency-steps.ts';

type Series = (number | null)[];

/** A day: windows outside of it are a damaged file's, not a run's. */
const LONGEST_S = 86_400;

/** Values in all series of one kind: an hour has a million or two. */
const MOST_CELLS = 20_000_000;

/** A value per second; null where there is none. */
export type NodeSeries = readonly (number | null)[];

/** A node of the target. */
export interface ServerNode {
  readonly name: string;
  readonly gauges: (key: string) => NodeSeries | undefined;
}

/** What a second's histogram says, ms. */
interface Statistics {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
  /** How many samples there are in each step of latency (latency-steps.ts), from the first that has any: its number, then counts. */
  readonly steps: readonly number[];
}

/**
 * The run second by second, as charts show it: latency, counters, and every source's gauges. It may be read at any time,
 * and read again: what a second's histograms say is kept until another window of that second comes.
 */
export class Timeline {
  #seconds = 0;
  readonly #latency = new HistogramBySecond();
  readonly #crowdLatency = new HistogramBySecond();
  readonly #byTransport = { polling: new HistogramBySecond(), websocket: new HistogramBySecond() };
  readonly #byRoom = new Map<string, HistogramBySecond>();
  readonly #byPath = { 'same-node': new HistogramBySecond(), 'cross-node': new HistogramBySecond() };
  readonly #counters = new Map<string, Map<number, number>>();
  readonly #gauges = new Map<string, { readonly source: Source; readonly byKey: Map<string, Map<number, number>> }>();

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
    const { source } = window;
    const gauges = entry(this.#gauges, sourceName(source), () => ({
      source,
      byKey: new Map<string, Map<number, number>>(),
    }));
    for (const [key, value] of Object.entries(window.gauges)) {
      entry(gauges.byKey, key, () => new Map<number, number>()).set(at, value);
    }
    const latency = window.histograms['broadcast.latency'];
    const byCrowd = window.histograms['broadcast.latency{by=crowd}'];
    if (latency) this.#latency.add(at, latency);
    for (const transport of ['polling', 'websocket'] as const) {
      const encoded = window.histograms[`broadcast.latency{transport=${transport}}`];
      if (encoded) this.#byTransport[transport].add(at, encoded);
    }
    for (const path of ['same-node', 'cross-node'] as const) {
      const encoded = window.histograms[`broadcast.latency{path=${path}}`];
      if (encoded) this.#byPath[path].add(at, encoded);
    }
    if (byCrowd) this.#crowdLatency.add(at, byCrowd);
    for (const [key, encoded] of Object.entries(window.histograms)) {
      const room = roomOf(key);
      if (room !== undefined) entry(this.#byRoom, room, () => new HistogramBySecond()).add(at, encoded);
    }
  }

  record(): RunRecord['timeline'] {
    const latency = (name: 'p50' | 'p95' | 'p99' | 'max') =>
      this.#series((at) => this.#latency.statistics(at)?.[name] ?? null);
    return {
      seconds: this.#seconds,
      latency: { p50: latency('p50'), p95: latency('p95'), p99: latency('p99'), max: latency('max') },
      transports: {
        polling: this.#centreAndWorst(this.#byTransport.polling),
        websocket: this.#centreAndWorst(this.#byTransport.websocket),
      },
      paths: this.#byPath['cross-node'].isEmpty
        ? null
        : {
            sameNode: this.#centreAndWorst(this.#byPath['same-node']),
            crossNode: this.#centreAndWorst(this.#byPath['cross-node']),
          },
      steps: Array.from({ length: this.#seconds }, (_, at) => [...(this.#latency.statistics(at)?.steps ?? [])]),
      rooms: Object.fromEntries(
        [...this.#byRoom].sort(byKey).map(([room, latency]) => [room, this.#centreAndTail(latency)]),
      ),
      counters: this.#all(this.#counters, 0),
    };
  }

  #centreAndWorst(latency: HistogramBySecond): { p50: Series; max: Series } {
    return {
      p50: this.#series((at) => latency.statistics(at)?.p50 ?? null),
      max: this.#series((at) => latency.statistics(at)?.max ?? null),
    };
  }

  #centreAndTail(latency: HistogramBySecond): { p50: Series; p99: Series } {
    return {
      p50: this.#series((at) => latency.statistics(at)?.p50 ?? null),
      p99: this.#series((at) => latency.statistics(at)?.p99 ?? null),
    };
  }

  /** The latency of the messages that were due in a second, undefined without any. */
  latencyAt(second: number): Histogram | undefined {
    return this.#latency.histogram(second);
  }

  /** The p99 of the messages that were due in a second, ms; undefined without any. */
  p99At(second: number): number | undefined {
    return this.#latency.statistics(second)?.p99;
  }

  /** The highest latency between clients on one node, or on different ones, of messages due in a second, ms. */
  slowestBy(path: 'same-node' | 'cross-node', second: number): number | undefined {
    return this.#byPath[path].statistics(second)?.max;
  }

  /** The nodes of a target that has several, and their gauges by second; empty where it has not. */
  nodes(): readonly ServerNode[] {
    const servers = [...this.#gauges.values()].filter(({ source }) => source.role === 'server');
    if (servers.length < 2) return [];
    return servers
      .sort((a, b) => a.source.number - b.source.number)
      .map(({ source, byKey }) => ({
        name: nodeName(source),
        gauges: (key) => {
          const values = byKey.get(key);
          return values && this.#series((at) => values.get(at) ?? null);
        },
      }));
  }

  /** The crowd's median latency of the probes' messages, by second, ms. */
  crowdP50(): Series {
    return this.#series((at) => this.#crowdLatency.statistics(at)?.p50 ?? null);
  }

  counter(key: string, second: number): number {
    return this.#counters.get(key)?.get(second) ?? 0;
  }

  /** The keys of a counter, whatever their labels. */
  counterKeys(name: string): string[] {
    return [...this.#counters.keys()].filter((key) => key.startsWith(`${name}{`));
  }

  vitals(): RunRecord['vitals'] {
    const named = [...this.#gauges].filter(([, gauges]) => gauges.byKey.size > 0).sort(byKey);
    return named.map(([, gauges]) => ({ source: gauges.source, gauges: this.#all(gauges.byKey, null) }));
  }

  /** A gauge by second: the highest of the sources that have it. */
  gauge(key: string): Series {
    const found = [...this.#gauges.values()].flatMap((gauges) => gauges.byKey.get(key) ?? []);
    return this.#series((at) => {
      const known = found.flatMap((values) => values.get(at) ?? []);
      return known.length === 0 ? null : Math.max(...known);
    });
  }

  #all(seriesByKey: Map<string, Map<number, number>>, missing: number | null): Record<string, Series> {
    const sorted = [...seriesByKey].sort(byKey);
    if (sorted.length * this.#seconds > MOST_CELLS) throw new RangeError('there are more series than any run has');
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

/** Encoded histograms of each second, put together when they are asked for; what they say is kept, they are not. */
class HistogramBySecond {
  readonly #encoded = new Map<number, string[]>();
  readonly #statistics = new Map<number, Statistics>();

  get isEmpty(): boolean {
    return this.#encoded.size === 0;
  }

  add(second: number, encoded: string): void {
    entry(this.#encoded, second, () => []).push(encoded);
    this.#statistics.delete(second);
  }

  /** Undefined where the second holds none. */
  histogram(second: number): Histogram | undefined {
    return this.#encoded.has(second) ? this.#addedTo(new Histogram(), second) : undefined;
  }

  statistics(second: number): Statistics | undefined {
    const known = this.#statistics.get(second);
    if (known) return known;
    if (!this.#encoded.has(second)) return undefined;
    scratch.reset();
    this.#addedTo(scratch, second);
    const [p50, p95, p99] = [50, 95, 99].map((percent) => scratch.percentile(percent)) as [number, number, number];
    const statistics = { p50, p95, p99, max: scratch.max, steps: stepsOf(scratch) };
    this.#statistics.set(second, statistics);
    return statistics;
  }

  #addedTo(histogram: Histogram, second: number): Histogram {
    for (const encoded of this.#encoded.get(second) ?? []) histogram.addEncoded(encoded);
    return histogram;
  }
}

/** Samples by step: the number of the first step that has any, then the counts from it on; empty without any. */
function stepsOf(histogram: Histogram): number[] {
  const steps: number[] = [];
  histogram.forEachValue((us, count) => {
    const step = latencyStepOf(us / 1000);
    if (steps.length === 0) steps.push(step);
    while (steps.length - 2 < step - steps[0]!) steps.push(0);
    steps[step - steps[0]! + 1]! += count;
  });
  return steps;
}

/** The room of the latency of a single room; rooms are told apart by this label alone. */
function roomOf(key: string): string | undefined {
  if (!key.startsWith('broadcast.latency{room=')) return undefined;
  const { room, ...others } = parseMetricKey(key)?.labels ?? {};
  return Object.keys(others).length === 0 ? room : undefined;
}

/** A histogram has 90 kB, and is wanted for a moment only. */
const scratch = new Histogram();

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
