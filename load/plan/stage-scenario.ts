import type { Scenario } from '../../scenarios/scenario.ts';
import { stageMatrix } from './matrix-staging.ts';
import { stageProbes } from './probes-staging.ts';
import type { Staging } from './staging.ts';

/** Lays a scenario out in time. `ownsServer` says whether the server is ours, to be killed and started again. */
export function stageScenario({ workload, dialect }: Scenario, seed: string, ownsServer: boolean): Staging {
  return workload.kind === 'matrix'
    ? stageMatrix(workload, dialect.join !== null, seed)
    : stageProbes(workload, ownsServer, seed);
}
