import { metricKey } from '../metrics/metric-key.ts';
import type { OpenWindows } from '../metrics/window.ts';

/** So many nodes are told apart, and no more: every label costs a counter a second. */
const MOST = 64;

/** The nodes of the target, numbered from 1 as they are heard of, and what arrives by each; 0 is a node that is not known. */
export class ServingNodes {
  readonly #windows: OpenWindows;
  readonly #numbers = new Map<string, number>();
  /** By number: the counter of arrivals. */
  readonly #arrived: number[];

  constructor(windows: OpenWindows) {
    this.#windows = windows;
    this.#arrived = [windows.counter('delivery.arrived')];
  }

  numberOf(name: string): number {
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    if (this.#numbers.size === MOST) return 0;
    const number = this.#numbers.size + 1;
    this.#numbers.set(name, number);
    this.#arrived[number] = this.#windows.counter(metricKey('delivery.arrived', { node: name }));
    return number;
  }

  arrivedAt(number: number): number {
    return this.#arrived[number]!;
  }
}
