import { expect, test } from 'vitest';
import { plan } from '../../test/support/plan.ts';
import { sourceOf } from '../metrics/source.ts';
import type { RunPlan } from '../run-record/run-record.ts';
import { imbalanceOf, nodesOf, outageNodesOf } from './node-fold.ts';
import { Timeline } from './timeline.ts';

const phased: RunPlan = { ...plan, phases: { warmup: 1, measure: 8, drain: 1 } };
const fault = { fault: 'killed', from: 3, until: 5, to: 9 } as RunPlan['outages'][number];

/** Nodes with so many clients each second; null where a node does not tell. */
function timelineOf(...nodes: readonly (readonly (number | null)[])[]): Timeline {
  const timeline = new Timeline();
  for (const [number, clients] of nodes.entries()) {
    for (const [at, count] of clients.entries()) {
      const gauges: Record<string, number> = count === null ? {} : { 'server.clients': count, 'server.cpu': count * 2 };
      timeline.add({ at, source: sourceOf('server', number), counters: {}, histograms: {}, gauges });
    }
  }
  return timeline;
}

function count(timeline: Timeline, at: number, counters: Record<string, number>): void {
  timeline.add({ at, source: sourceOf('probes'), counters, histograms: {}, gauges: {} });
}

test('nodes are told of by what they tell, and by what arrived through them', () => {
  const timeline = timelineOf([9, 2, 4, 4, 4, 4, 4, 4, 4, 9], [9, 1, 2, 2, 2, 2, 2, 2, 2, 9]);
  count(timeline, 2, { 'delivery.arrived{node=node-1}': 5, 'delivery.arrived{node=node-2}': 3 });
  count(timeline, 0, { 'delivery.arrived{node=node-1}': 100 });
  expect(nodesOf(phased, timeline)).toEqual([
    { name: 'node-1', clients: { mean: 3.75, most: 4 }, cpu: { mean: 7.5, most: 8 }, loopDelayMs: null, arrived: 5 },
    { name: 'node-2', clients: { mean: 1.875, most: 2 }, cpu: { mean: 3.75, most: 4 }, loopDelayMs: null, arrived: 3 },
  ]);
  expect(imbalanceOf(phased, timeline)).toBeCloseTo(4 / 3);
});

test('one node is no several', () => {
  const timeline = timelineOf([1, 2, 3]);
  expect(nodesOf(phased, timeline)).toEqual([]);
  expect(imbalanceOf(phased, timeline)).toBeUndefined();
  expect(outageNodesOf(timeline, fault)).toBeNull();
});

test('a fault: the pairs by their way, the rush on the survivors, and when clients were spread evenly again', () => {
  const timeline = timelineOf([6, 6, 6, 6, null, 0, 3, 6, 6, 6], [6, 6, 6, 10, 12, 12, 9, 6, 6, 6]);
  for (const at of [2, 3, 8, 9])
    count(timeline, at, {
      'delivery.expected{path=same-node}': 10,
      'delivery.delivered{path=same-node}': 10,
      'delivery.expected{path=cross-node}': 6,
      'delivery.missed{path=cross-node,cause=cut}': 2,
      'delivery.reordered{room=a,path=cross-node}': 1,
    });
  expect(outageNodesOf(timeline, fault)).toEqual({
    sameNode: {
      ...{ expected: 20, delivered: 20, recovered: 0, missed: 0, lost: 0, unknown: 0, reordered: 0 },
      slowestMs: null,
    },
    crossNode: {
      ...{ expected: 12, delivered: 0, recovered: 0, missed: 4, lost: 0, unknown: 0, reordered: 2 },
      slowestMs: null,
    },
    peakArrivals: 4,
    balancedAfter: 2,
  });
});

test('clients that stay where they are were never spread evenly again', () => {
  const timeline = timelineOf([6, 6, 6, 6, 0, 0, 0, 0, 0, 0], [6, 6, 6, 6, 12, 12, 12, 12, 12, 12]);
  expect(outageNodesOf(timeline, fault)?.balancedAfter).toBeNull();
});
