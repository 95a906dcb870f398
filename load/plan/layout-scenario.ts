import { hasRooms, kindOf } from '../../bots/dialect/dialect.ts';
import type { Scenario } from '../../scenarios/scenario.ts';
import type { Layout } from './layout.ts';
import { layOutMatrix } from './matrix-layout.ts';
import { layOutProbes } from './probes-layout.ts';

/** Lays a scenario out in time. `ownsServer` says whether the server is the embedded one, to be killed and started again. */
export function layOutScenario({ workload, dialect }: Scenario, seed: string, ownsServer: boolean): Layout {
  const { kill, start, restart } = dialect.hooks;
  const control = { kill: ownsServer || (kill !== null && start !== null), restart: ownsServer || restart !== null };
  const layout =
    workload.kind === 'matrix'
      ? layOutMatrix(workload, hasRooms(dialect), seed)
      : layOutProbes(workload, control, seed);
  return kindOf(dialect) === 'listening' ? silenced(layout) : layout;
}

/** Where only the server speaks, those who would talk listen, too. */
function silenced(layout: Layout): Layout {
  const probes = { ...layout.probes, schedules: [] };
  return { ...layout, probes, load: { ...layout.load, talkers: 0, ratePerTalker: 0 } };
}
