import type { Round } from './engine-round.ts';

/** Medians of a candidate's rounds that count; null where none does. */
export interface CandidateResult {
  readonly cpuPerDeliveryUs: number | null;
  readonly memoryPerConnectionBytes: number | null;
  readonly cpuPerConnectUs: number | null;
  readonly rounds: readonly Round[];
}

type Figure = 'cpuPerDeliveryUs' | 'memoryPerConnectionBytes' | 'cpuPerConnectUs';
type Ratio = readonly [figure: Figure, ours: string, theirs: string];

const ENGINE = 'artillery-engine-chatstorm';
const ENGINE_V3 = 'artillery-engine-socketio-v3';

/** What is divided by what: below 1, ours costs less. */
const ratios = {
  cpuPerDeliveryVsSocketioV3: ['cpuPerDeliveryUs', ENGINE, ENGINE_V3],
  cpuPerDeliveryVsFloor: ['cpuPerDeliveryUs', 'wire', 'floor'],
  memoryPerConnectionVsSocketioV3: ['memoryPerConnectionBytes', ENGINE, ENGINE_V3],
  cpuPerConnectVsSocketioClient: ['cpuPerConnectUs', 'wire', 'socket.io-client'],
  pollingCpuPerDeliveryVsSocketioClient: ['cpuPerDeliveryUs', 'wire-polling', 'socket.io-client-polling'],
} as const satisfies Readonly<Record<string, Ratio>>;

/** Each ratio by its name; null where a candidate is missing or has no figure. */
export type EngineRatios = Readonly<Record<keyof typeof ratios | 'cpuPerDeliveryAt15000VsAt1000', number | null>>;

/** The ratios of what was measured. `scaling` is the wire's cost per delivery by its number of connections. */
export function ratiosOf(
  candidates: Readonly<Record<string, CandidateResult>>,
  scaling: Readonly<Record<string, number | null>> = {},
): EngineRatios {
  const of = ([figure, ours, theirs]: Ratio) => ratio(candidates[ours]?.[figure], candidates[theirs]?.[figure]);
  const found = Object.entries(ratios).map(([name, ratio]) => [name, of(ratio)]);
  const cpuPerDeliveryAt15000VsAt1000 = ratio(scaling[15_000], scaling[1000]);
  return {
    ...(Object.fromEntries(found) as Record<keyof typeof ratios, number | null>),
    cpuPerDeliveryAt15000VsAt1000,
  };
}

function ratio(ours: number | null | undefined, theirs: number | null | undefined): number | null {
  return ours == null || theirs == null ? null : ours / theirs;
}
