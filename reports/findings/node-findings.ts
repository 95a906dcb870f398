import { numberOf } from '../../measure/run-record/read-metrics.ts';
import type { FoldedRun } from '../../measure/run-record/run-record.ts';
import { perFault } from '../wording/outage-wording.ts';
import { count, listed, ms, plainNumber } from '../wording/quantities.ts';
import type { Outage } from '../wording/score-column.ts';
import type { Finds } from './finding.ts';

/** What follows from a target of several nodes. */
export const nodeFinds = {
  'bus-stalls-local': (run) => {
    const stalled = run.outages.filter(ofRedis).filter(({ nodes }) => (nodes?.sameNode.slowestMs ?? 0) >= STALL_MS);
    if (stalled.length === 0) return undefined;
    const slowest = stalled.map(({ fault, nodes }) => `${ms(nodes!.sameNode.slowestMs!)} in ${fault}`);
    return {
      severity: 'warning',
      worst: stalled[0],
      evidence: `While Redis did not answer, clients on the same node did not hear each other either (deliveries took up to ${listed(slowest)}): the Redis Streams adapter delivers locally only once Redis has the message.`,
      remedy:
        'Watch the latency of Redis as you watch the chat, and keep a replica that takes over; with Redis pub/sub local delivery goes on, but sessions are not recovered.',
    };
  },

  'bus-loses': (run) => {
    const gone = (outage: Outage) => (outage.nodes ? outage.nodes.crossNode.missed + outage.nodes.crossNode.lost : 0);
    const lossy = run.outages.filter(ofRedis).filter((outage) => gone(outage) > 0);
    const told = perFault(lossy, gone);
    if (told === undefined) return undefined;
    const local = lossy.reduce((sum, { nodes }) => sum + (nodes ? nodes.sameNode.missed + nodes.sameNode.lost : 0), 0);
    const here = local === 0 ? 'none' : count(local);
    return {
      severity: 'critical',
      worst: lossy[0],
      evidence: `Deliveries across nodes were lost while Redis was away (${told}), ${here} on the same node: what is published then reaches nobody on the other nodes, and no client notices.`,
      remedy: 'Use the Redis Streams adapter, which reads on where it stopped, and let Redis write to disk.',
    };
  },

  'uneven-shards': ({ shards }) => {
    const rates = shards.map(({ deliveriesPerSecond }) => deliveriesPerSecond);
    const [least, most] = [Math.min(...rates), Math.max(...rates)];
    if (shards.length < 2 || least >= (1 - UNEVEN) * most) return undefined;
    const of = (rate: number) => shards.find(({ deliveriesPerSecond }) => deliveriesPerSecond === rate)!;
    return {
      severity: 'warning',
      evidence: `The shards were uneven: shard ${of(least).number} (${of(least).worker}) received ${count(Math.round(least))} deliveries/s, shard ${of(most).number} (${of(most).worker}) ${count(Math.round(most))}.`,
      remedy: 'Use rooms and users that the number of shards divides, and workers on equal machines.',
    };
  },

  'stays-unbalanced': (run) => {
    const uneven = run.outages.filter(({ nodes, disconnected }) => nodes?.balancedAfter === null && disconnected > 0);
    if (uneven.length === 0) return undefined;
    const imbalance = numberOf(run, 'nodes.imbalance');
    const mean =
      imbalance > 0 ? ` (over the run the fullest node had ${plainNumber(round(imbalance))} times the mean)` : '';
    return {
      severity: 'info',
      worst: uneven[0],
      evidence: `Clients were not spread evenly again after ${listed(uneven.map(({ fault }) => fault))}${mean}: a connection stays on its node for as long as it lasts, so a node that comes back is empty.`,
      remedy:
        'Size nodes for the share of those that are away, or have each node close its oldest connections now and then.',
    };
  },
} satisfies Finds;

/** How far apart shards may be. */
const UNEVEN = 0.2;
/** Far beyond what a busy machine adds. */
const STALL_MS = 1000;

function ofRedis({ kinds }: Outage): boolean {
  return kinds.some((kind) => kind.startsWith('redis-'));
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

/** Whether the run's nodes keep sessions where other nodes find them. */
export function sharesSessions({ target: { cluster } }: FoldedRun): boolean {
  return cluster?.adapter === 'redis-streams';
}
