/** Outages and records of them, for tests of what is said about them. */

import { metricKey } from '../../measure/metrics/metric-key.ts';
import type { RunRecord } from '../../measure/run-record/run-record.ts';
import type { Outage } from '../../reports/wording/score-column.ts';
import { foldRun } from './fold-run.ts';
import { plan } from './plan.ts';

export const ledger = {
  expected: 1000,
  delivered: 1000,
  recovered: 0,
  missed: 0,
  lost: 0,
  unknown: 0,
  duplicate: 0,
  reordered: 0,
  missedBy: { offline: 0, cut: 0, left: 0, silent: 0 },
};
export const herd = {
  attempts: [0, 0, 0, 0, 0, 4, 4, 5, 4, 4, 4, 4, 4, 4, 3],
  successes: [0, 0, 0, 0, 0, 4, 4, 5, 4, 4, 4, 4, 4, 4, 3],
  peakPerSecond: 50,
  synchronisation: 1.25,
  serverCpu: 61.7,
  serverLoopDelayMs: 21,
};
export const outage: Outage = {
  fault: 'reset',
  kinds: ['reset'],
  what: 'links: reset',
  onAt: 10,
  offAt: 10,
  to: 20,
  clients: 40,
  disconnected: 40,
  back: 40,
  backAfter: { half: 1, most: 1.4, all: 1.52 },
  never: [],
  failed: [],
  deaf: 0,
  reconnects: 40,
  recovered: 0,
  attempts: 40,
  pingTimeouts: 0,
  herd,
  ledger,
  steadyAfter: 2,
  presence: null,
  nodes: null,
};
export const few: Outage = { ...outage, fault: 'commuter', clients: 3, disconnected: 3, back: 3, ledger: null };

export const time = {
  unit: 'ms',
  min: 1,
  mean: 5,
  p50: 4,
  p90: 6,
  p95: 8,
  p99: null,
  p999: null,
  max: 9.5,
  hdr: '',
} as const;

/** A record with the given faults and nothing else to it. */
export function record(outages: readonly Outage[], metrics: RunRecord['metrics'] = {}): RunRecord {
  const whole = foldRun(plan, []);
  return {
    ...whole,
    load: { ...whole.load, probes: 40 },
    scenario: { ...whole.scenario, server: { pingInterval: 2000, pingTimeout: 3000 } },
    outages: [...outages],
    metrics: { ...whole.metrics, ...metrics },
  };
}

/** A time of a fault, `p50` by default 4 ms. */
export function timeOf(name: string, { fault }: Outage, change: object = {}): RunRecord['metrics'] {
  return { [metricKey(name, { fault })]: { ...time, count: 40, ...change } };
}

export function ledgerOf(change: Partial<typeof ledger>) {
  return { ledger: { ...ledger, ...change } };
}
