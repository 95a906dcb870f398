import { hasRooms } from '../../bots/dialect.ts';
import type { Scenario } from '../../scenarios/scenario.ts';
import type { Layout } from './layout.ts';
import { layOutMatrix } from './matrix-layout.ts';
import { layOutProbes } from './probes-layout.ts';

/** Lays a scenario out in time. `ownsServer` says whether the server is ours, to be killed and started again. */
export function layOutScenario({ workload, dialect }: Scenario, seed: string, ownsServer: boolean): Layout {
  return workload.kind === 'matrix'
    ? layOutMatrix(workload, hasRooms(dialect), seed)
    : layOutProbes(workload, ownsServer, seed);
}
