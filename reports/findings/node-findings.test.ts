import { expect, test } from 'vitest';
import type { RunRecord } from '../../measure/run-record/run-record.ts';
import { foldRun } from '../../test/support/fold-run.ts';
import { outage } from '../../test/support/outages.ts';
import { plan } from '../../test/support/plan.ts';
import { findingsOf } from './all-findings.ts';

const node = { clients: { mean: 4, most: 5 }, cpu: null, loopDelayMs: null, arrived: 9 };
const nodes = ['node-1', 'node-2'].map((name) => ({ name, ...node }));
const path = {
  ...{ expected: 10, delivered: 10, recovered: 0, missed: 0, lost: 0, unknown: 0, reordered: 0 },
  slowestMs: 5,
};
const between = { sameNode: path, crossNode: path, peakArrivals: 3, balancedAfter: 0 };

function evidence(id: string, change: Partial<RunRecord>): string | undefined {
  return findingsOf({ ...foldRun(plan, []), nodes, ...change }).find((one) => one.id === id)?.evidence;
}

const one = (value: number) => ({ unit: '1' as const, value });

test('a bus that stands still: whether those on one node waited, too, and what was lost across nodes', () => {
  const silent = { ...outage, fault: 'redis-silent', kinds: ['redis-silence'], nodes: between };
  expect(evidence('bus-stalls-local', { outages: [silent] })).toBeUndefined();
  expect(evidence('bus-loses', { outages: [silent] })).toBeUndefined();
  const stalled = { ...silent, nodes: { ...between, sameNode: { ...path, slowestMs: 4900 } } };
  expect(evidence('bus-stalls-local', { outages: [stalled] })).toContain(
    '(deliveries took up to 4,900 ms in redis-silent)',
  );
  const lossy = { ...silent, nodes: { ...between, crossNode: { ...path, missed: 3, lost: 4 } } };
  expect(evidence('bus-loses', { outages: [lossy] })).toContain('(7 after redis-silent), none on the same node');
  // Of a fault of another kind that is no bus's doing.
  expect(evidence('bus-loses', { outages: [{ ...lossy, kinds: ['nodes-kill'] }] })).toBeUndefined();
});

test('clients that stay on the nodes that were left', () => {
  const uneven = { ...outage, nodes: { ...between, balancedAfter: null } };
  expect(evidence('stays-unbalanced', { outages: [uneven], metrics: { 'nodes.imbalance': one(1.5) } })).toBe(
    'Clients were not spread evenly again after reset (over the run the fullest node had 1.5 times the mean): a connection stays on its node for as long as it lasts, so a node that comes back is empty.',
  );
  expect(evidence('stays-unbalanced', { outages: [{ ...uneven, disconnected: 0 }] })).toBeUndefined();
});
