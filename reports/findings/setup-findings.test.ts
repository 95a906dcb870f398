import { expect, test } from 'vitest';
import type { RunRecord } from '../../measure/run-record/run-record.ts';
import { outage } from '../../test/support/outages.ts';
import { recordOf, times } from '../../test/support/records.ts';
import { findingsOf } from './all-findings.ts';

const load = { ...recordOf().load, probes: 40, talkers: 4, ratePerTalker: 10 };
const cell = { order: 'polling-first', network: 'refused', bots: [0, 20] as [number, number], from: 0, to: 8 };
const matrix = { orders: ['polling-first'], networks: ['refused'], clientTimeoutMs: 1, cells: [cell], costs: [] };

test.each<[string, string, Partial<RunRecord>, string, string]>([
  [
    'messages',
    'broadcast.latency.p99 < 250ms',
    { phases: { warmup: 1, measure: 3, drain: 1 } },
    'a p99 needs about 600 messages, and there were 100.',
    'Use `--duration 21s` or `--rate 69/s`.',
  ],
  [
    'reconnections',
    'reconnect.time.p95 < 5s',
    { outages: [outage], metrics: { 'reconnect.time': { ...times, count: 40 } } },
    'a p95 needs about 120 clients that reconnect, and there were 40.',
    'Use `--listeners 134`.',
  ],
  [
    'fallbacks',
    'fallback.time.p95 < 5s',
    { matrix, metrics: { 'fallback.time': { ...times, count: 20 } } },
    'a p95 needs about 120 clients that fall back, and there were 20.',
    'Use `clients: 138` in the matrix.',
  ],
  [
    'others',
    'broadcast.catchup.p50 < 5s',
    { metrics: { 'broadcast.catchup': { ...times, count: 3 } } },
    'a p50 needs about 12 samples, and there were 3.',
    'Measure longer, or use a lower percentile.',
  ],
])('too few %s are told with their own remedy', (_, text, change, evidence, remedy) => {
  const metrics = { ...recordOf().metrics, ...change.metrics };
  const verdict = {
    outcome: 'unknown' as const,
    thresholds: [{ text, outcome: 'unknown' as const, why: 'insufficient' as const }],
    breaches: [],
  };
  const found = findingsOf(recordOf({ load, ...change, metrics, verdict })).find(({ id }) => id === 'too-few-samples');
  expect(found).toMatchObject({ evidence: `Too few samples for \`${text}\`: ${evidence}`, remedy });
});

test('lost deliveries are counted against all, and by the seconds in which they were due', () => {
  const record = recordOf({
    metrics: {
      ...recordOf().metrics,
      'delivery.lost': { unit: '1', value: 12 },
      'delivery.delivered': { unit: '1', value: 988 },
    },
    timeline: { ...recordOf().timeline, counters: { 'delivery.lost': [5, 0, 7, 5, 0] } },
  });
  const lost = findingsOf(record).find(({ id }) => id === 'lost');
  expect(lost?.evidence).toBe(
    '12 deliveries were lost, 1.2 % of all, in 2 of 3 seconds: their recipients were connected and in the room.',
  );
  expect(lost?.shownBy).toEqual({ section: 'ledger', from: null, to: null });
});

test('a balancer that is not sticky is told by what both sides saw', () => {
  const node = { clients: { mean: 4, most: 5 }, cpu: null, loopDelayMs: null, arrived: 9 };
  const nodes = ['node-1', 'node-2'].map((name) => ({ name, ...node }));
  const one = (value: number) => ({ unit: '1' as const, value });
  const evidence = (change: Partial<RunRecord>) =>
    findingsOf(recordOf({ nodes, ...change })).find(({ id }) => id === 'not-sticky')?.evidence;
  const refused = { 'server.refused{reason=UNKNOWN_SID}': one(40) };
  const failed = {
    'connections.failed{reason=xhr poll error: HTTP 400}': one(30),
    'disconnects{reason=transport error}': one(8),
  };
  expect(evidence({ metrics: { ...refused, ...failed } })).toBe(
    'Session ID unknown: the balancer is not sticky. Nodes refused 40 requests of sessions that another node had opened, and clients saw 38 such failures.',
  );
  // It is the cause where nothing was delivered at all.
  const breaches = [{ gate: 'undelivered' as const, rooms: ['storm-1'], expected: 2 }];
  const undelivered = { nodes, verdict: { ...recordOf().verdict, breaches }, metrics: { ...refused, ...failed } };
  expect(findingsOf(recordOf(undelivered))[0]?.id).toBe('not-sticky');
  // One side alone is no evidence, and nodes that were started again know no session either.
  expect(evidence({ metrics: refused })).toBeUndefined();
  expect(evidence({ metrics: { ...refused, ...failed }, outages: [outage] })).toBeUndefined();
  expect(evidence({ metrics: { ...refused, ...failed }, nodes: [] })).toBeUndefined();
});
