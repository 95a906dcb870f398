/** Records of runs, made up: one of each way in which a run can end. */

import type { Distribution, RunRecord } from '../../measure/run-record/run-record.ts';
import { plan } from './plan.ts';

export const times: Distribution = {
  unit: 'ms',
  count: 1000,
  min: 1,
  mean: 5,
  p50: 4,
  p90: 10,
  p95: 20,
  p99: 40,
  p999: 60,
  max: 80,
  hdr: '',
};

/** A run that passed, but for what `change` says. */
export function recordOf(change: Partial<RunRecord> = {}): RunRecord {
  return {
    ...plan,
    id: 'run1',
    startedAt: '2026-01-01T00:00:00.000Z',
    environment: { ...plan.environment, node: 'v24.0.0', versions: { chatstorm: '1.0.0' } },
    phases: { warmup: 1, measure: 3, drain: 1 },
    load: { ...plan.load, users: 10 },
    outages: [],
    capacity: null,
    recovery: null,
    nodes: [],
    shards: [],
    state: 'complete',
    interruptedBy: null,
    timeline: {
      seconds: 5,
      latency: { p50: [], p95: [], p99: [], max: [] },
      transports: { polling: { p50: [], max: [] }, websocket: { p50: [], max: [] } },
      paths: null,
      steps: [],
      rooms: {},
      counters: {},
    },
    vitals: [],
    findings: [],
    metrics: {
      'broadcast.latency': times,
      'generator.lag': times,
      'delivery.expected': { unit: '1', value: 1000 },
      'delivery.delivered': { unit: '1', value: 1000 },
      'delivery.lost': { unit: '1', value: 0 },
      'delivery.ratio': { unit: 'ratio', value: 1 },
      'messages.sent': { unit: '1', value: 100 },
    },
    intervals: { 'broadcast.latency.p99': { low: 35.04, high: 44.1, replicates: [35.04, 40, 44.1] } },
    floor: null,
    steadiness: null,
    fallback: null,
    faults: [],
    betweenFaults: null,
    undelivered: [],
    recipients: [],
    anomalies: [],
    verdict: {
      outcome: 'pass',
      thresholds: [
        { text: 'delivery.lost == 0', outcome: 'pass', value: 0, unit: '1' },
        { text: 'broadcast.latency.p99 < 250ms', outcome: 'pass', value: 40, unit: 'ms' },
      ],
      breaches: [],
    },
    notes: [],
    ...change,
  };
}

const passed = recordOf();

const failed = recordOf({
  verdict: {
    outcome: 'fail',
    thresholds: [
      { text: 'delivery.lost == 0', outcome: 'fail', value: 12, unit: '1' },
      { text: 'broadcast.latency.p99 < 250ms', outcome: 'pass', value: 40, unit: 'ms' },
    ],
    breaches: [],
  },
  findings: [
    {
      id: 'lost',
      severity: 'critical',
      title: 'Deliveries were lost',
      evidence: '12 deliveries were lost: <b>all</b> of @them | in one room & "more"\u0007\u202e.',
      remedy: 'Look into `join`.',
      setting: 'join: { emit: enter }',
      shownBy: { section: 'ledger', from: 1, to: 3 },
    },
    {
      id: 'setup',
      severity: 'info',
      title: 'The clocks agree',
      evidence: 'Both clocks agree.',
      remedy: null,
      setting: null,
      shownBy: null,
    },
  ],
  notes: ['1 of the 10 lines of probes-0-0.ndjson could not be read.'],
});

const invalid = recordOf({
  verdict: {
    outcome: 'unknown',
    thresholds: [
      { text: 'reconnect.time.p95 < 5s', outcome: 'unknown', why: 'insufficient' },
      { text: 'delivery.lost{fault=blackhole} == 0', outcome: 'unknown', why: 'notTested' },
    ],
    breaches: [
      { gate: 'lag', p99Ms: 12, limitMs: 5 },
      { gate: 'untested', faults: ['blackhole'], noticedAfterMs: 45_000 },
      { gate: 'death', role: 'crowd', end: { kind: 'exit', code: 1 }, said: ['Error: ]]> <&'] },
    ],
  },
});

/** By how it ended. */
export const endings: Readonly<Record<string, RunRecord>> = {
  passed,
  failed,
  invalid,
  interrupted: recordOf({ state: 'partial', interruptedBy: 'SIGINT' }),
  partial: recordOf({
    state: 'partial',
    metrics: { 'delivery.expected': { unit: '1', value: 0 } },
    verdict: {
      outcome: 'unknown',
      thresholds: [{ text: 'delivery.lost == 0', outcome: 'unknown', why: 'nothingExpected' }],
      breaches: [{ gate: 'death', role: 'conductor', end: { kind: 'unrecorded' }, said: [] }],
    },
  }),
};
