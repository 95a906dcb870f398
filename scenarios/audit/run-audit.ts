import type { AuditRow } from '../../measure/metrics/events.ts';
import { CaseLab } from '../cases/case-lab.ts';
import type { NodeLaunch } from '../cases/lab-chat.ts';
import { clientToServer } from './client-to-server.ts';
import { clusterFacts } from './cluster-facts.ts';
import { type Experiment, rowOf } from './experiment.ts';
import { matrixOf } from './recovery-matrix.ts';

/** The experiments of one lab at a time. */
type Experiments = (lab: CaseLab) => Experiment[];

const alone: readonly Experiments[] = [(lab) => matrixOf(lab, 'memory'), clientToServer];
const ofNodes: readonly Experiments[] = [
  (lab) => matrixOf(lab, 'redis-streams'),
  (lab) => matrixOf(lab, 'redis-pubsub'),
  clusterFacts,
];

/**
 * Looks at what holds of recovery, on servers of its own on this machine: on one, and where there are to be `nodes`, on several that
 * hear each other by Redis. A row each, as they come.
 */
export async function* audit(nodes: number, launch: NodeLaunch): AsyncGenerator<AuditRow> {
  for (const experiments of nodes > 1 ? [...alone, ...ofNodes] : alone) {
    const count = experiments(new CaseLab(launch)).length;
    for (let i = 0; i < count; i++) {
      const lab = new CaseLab(launch);
      try {
        yield await rowOf(experiments(lab)[i]!);
      } finally {
        await lab.close();
      }
    }
  }
}
