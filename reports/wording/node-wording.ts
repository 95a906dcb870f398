/** Several nodes in words and columns: how clients were spread, and what came through on the same node and across nodes. */

import type { Adapter } from '../../base/adapters.ts';
import { numberOf } from '../../measure/run-record/read-metrics.ts';
import type { FoldedRun, RunRecord } from '../../measure/run-record/run-record.ts';
import { count, listed, ms, percent, plainNumber } from './quantities.ts';
import type { Outage, ScoreColumn } from './score-column.ts';

type OutageNodes = NonNullable<Outage['nodes']>;
type Node = RunRecord['nodes'][number];

/** A row per fault: what became of pairs by the way between nodes, and how the nodes were balanced. */
export const nodeColumns: readonly ScoreColumn[] = [
  ...pathColumns('same node', ({ sameNode }) => sameNode),
  ...pathColumns('across', ({ crossNode }) => crossNode),
  { group: 'arrivals', title: 'peak/s', of: cell(({ peakArrivals }) => count(peakArrivals)) },
  {
    group: 'balanced',
    title: 'after',
    of: (_, { nodes, offAt, to }) => {
      if (!nodes) return '–';
      const { balancedAfter } = nodes;
      return balancedAfter === null ? `> ${Math.max(0, Math.floor(to - offAt))} s` : `${plainNumber(balancedAfter)} s`;
    },
  },
];

function pathColumns(group: string, of: (nodes: OutageNodes) => OutageNodes['sameNode']): ScoreColumn[] {
  return [
    ...(['missed', 'lost', 'recovered', 'reordered'] as const).map(
      (what): ScoreColumn => ({
        group,
        title: what,
        of: cell((nodes) => count(of(nodes)[what])),
        isBad: ({ nodes }) => (what === 'lost' || what === 'reordered') && nodes !== null && of(nodes)[what] > 0,
      }),
    ),
    {
      group,
      title: 'slowest',
      of: cell((nodes) => {
        const { slowestMs } = of(nodes);
        return slowestMs === null ? '–' : ms(slowestMs);
      }),
    },
  ];
}

function cell(of: (nodes: OutageNodes) => string): ScoreColumn['of'] {
  return (_, { nodes }) => (nodes ? of(nodes) : '–');
}

/** How the nodes stand together; undefined of a target that has but one. */
export function clusterWords({ target: { cluster } }: Pick<FoldedRun, 'target'>): string | undefined {
  if (!cluster) return undefined;
  const balancer = cluster.balancer === 'haproxy-cookie' ? 'sticky by a cookie' : 'round robin, not sticky';
  return `${cluster.nodes} nodes on ${adapterWords[cluster.adapter]}, behind HAProxy (${balancer})`;
}

const adapterWords: Readonly<Record<Adapter, string>> = {
  'redis-streams': 'Redis Streams',
  'redis-pubsub': 'Redis pub/sub',
  cluster: 'a Node cluster',
};

/** A node in one line. */
export function nodeWords({ name, clients, cpu, loopDelayMs, arrived }: Node): string {
  const told = [
    ...(clients ? [`${plainNumber(Math.round(clients.mean))} clients, at most ${count(clients.most)}`] : []),
    ...(cpu ? [`CPU ${percent(cpu.mean / 100)}, at most ${percent(cpu.most / 100)}`] : []),
    ...(loopDelayMs === null ? [] : [`event loop up to ${ms(loopDelayMs)} late`]),
    ...(arrived === null ? [] : [`${count(arrived)} deliveries`]),
  ];
  return `${name}: ${told.length === 0 ? 'told nothing' : told.join('; ')}`;
}

/** How evenly clients were spread; undefined where it is not known. */
export function imbalanceWords(record: Pick<FoldedRun, 'metrics'>): string | undefined {
  if (!record.metrics['nodes.imbalance']) return undefined;
  return `the fullest node had ${plainNumber(Math.round(numberOf(record, 'nodes.imbalance') * 100) / 100)} times the mean`;
}

/** What a fault did between nodes, as a sentence; empty where there are not several. */
export function outageNodeWords({ nodes, ledger }: Outage): string {
  if (!nodes || !ledger) return '';
  const way = (name: string, { missed, lost, reordered, slowestMs }: OutageNodes['sameNode']) => {
    const slowest = slowestMs === null ? '' : `, the slowest delivery took ${ms(slowestMs)}`;
    const odd = reordered > 0 ? `, ${count(reordered)} reordered` : '';
    return `${name} ${count(missed)} missed and ${count(lost)} lost${odd}${slowest}`;
  };
  const { sameNode, crossNode, balancedAfter } = nodes;
  const even = balancedAfter === null ? 'Clients were not spread evenly again.' : '';
  return `${listed([way('On the same node', sameNode), way('across nodes', crossNode)])}. ${even}`.trim();
}
