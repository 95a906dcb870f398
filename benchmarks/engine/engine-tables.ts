import type { EngineResult } from './engine-bench.ts';

/** A table: its head, then its rows. */
export type Rows = readonly [head: string[], ...rows: string[][]];

/** Every candidate's figures. */
export function candidateRows({ candidates }: EngineResult): Rows {
  return [
    ['', 'CPU per delivery', 'memory per connection', 'CPU per connect', 'rounds that count'],
    ...Object.entries(candidates).map(([name, found]) => [
      name,
      told(found.cpuPerDeliveryUs, (us) => `${us.toFixed(2)} µs`),
      told(found.memoryPerConnectionBytes, (bytes) => `${(bytes / 1000).toFixed(1)} kB`),
      told(found.cpuPerConnectUs, (us) => `${us.toFixed(0)} µs`),
      `${found.rounds.filter(({ problem }) => problem === null).length} of ${found.rounds.length}`,
    ]),
  ];
}

/** The cost per delivery by the number of connections, for the candidates where that was measured. */
export function scalingRows({ scaling, form }: EngineResult): Rows {
  const { connections } = form.scaling;
  return [
    ['CPU per delivery', ...connections.map((n) => `at ${n.toLocaleString('en-US')} connections`)],
    ...Object.entries(scaling).map(([name, costs]) => [
      name,
      ...connections.map((n) => told(costs[n], (us) => `${us.toFixed(2)} µs`)),
    ]),
  ];
}

/** The ratios by their names. */
export function ratioRows({ ratios }: EngineResult): Rows {
  return [
    ['ratio', ''],
    ...Object.entries(ratios).map(([name, ratio]) => [name, told(ratio, (value) => value.toFixed(2))]),
  ];
}

function told(value: number | null | undefined, words: (value: number) => string): string {
  return value == null ? '–' : words(value);
}
