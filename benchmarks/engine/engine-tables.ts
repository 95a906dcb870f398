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

/** What the ratios are to be at most; `overheadSeconds` in s. */
const bars: Readonly<Record<string, number>> = {
  cpuPerDeliveryVsSocketioV3: 0.5,
  cpuPerDeliveryVsFloor: 1.4,
  memoryPerConnectionVsSocketioV3: 0.2,
  cpuPerConnectVsSocketioClient: 0.35,
  pollingCpuPerDeliveryVsSocketioClient: 0.6,
  cpuPerDeliveryAt15000VsAt1000: 1.15,
  overheadSeconds: 5,
};

/** The ratios by their names, and what they are to be at most. */
export function ratioRows({ ratios }: EngineResult): Rows {
  return [
    ['ratio', 'measured', 'bar'],
    ...Object.entries(ratios).map(([name, ratio]) => [
      name,
      told(ratio, (value) => value.toFixed(2)),
      told(bars[name], String),
    ]),
  ];
}

function told(value: number | null | undefined, words: (value: number) => string): string {
  return value == null ? '–' : words(value);
}
