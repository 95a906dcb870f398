import type { AuditRow } from '../../measure/metrics/events.ts';
import type { NodeLaunch } from '../cases/lab-chat.ts';
import { clientToServer } from './client-to-server.ts';
import { clusterFacts } from './cluster-facts.ts';
import { type Experiment, rowOf } from './experiment.ts';
import { matrixOf } from './recovery-matrix.ts';

const alone: readonly Experiment[] = [...matrixOf('memory'), ...clientToServer];
const ofNodes: readonly Experiment[] = [...matrixOf('redis-streams'), ...matrixOf('redis-pubsub'), ...clusterFacts];

/**
 * Looks at what holds of recovery, on servers of its own on this machine: on one, and where there are to be `nodes`, on several that
 * hear each other by Redis. A row each, as they come.
 */
export async function* audit(nodes: number, launch: NodeLaunch): AsyncGenerator<AuditRow> {
  for (const experiment of nodes > 1 ? [...alone, ...ofNodes] : alone) yield await rowOf(experiment, launch);
}
