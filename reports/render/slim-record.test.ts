import { expect, test } from 'vitest';
import type { Event, EventLine } from '../../measure/metrics/events.ts';
import { Histogram } from '../../measure/metrics/histogram.ts';
import { sourceOf } from '../../measure/metrics/source.ts';
import type { Window } from '../../measure/metrics/window.ts';
import type { RunRecord } from '../../measure/run-record/run-record.ts';
import { foldRun } from '../../test/support/fold-run.ts';
import { plan } from '../../test/support/plan.ts';
import { slimRecord } from './slim-record.ts';

const cell = { order: 'polling-first', network: 'open' };

const scenarios = {
  broadcast: foldRun(plan, linesOf([])),
  fallback: foldRun(
    {
      ...plan,
      scenario: { ...plan.scenario, name: 'fallback' },
      matrix: {
        orders: [cell.order],
        networks: [cell.network],
        clientTimeoutMs: 4000,
        cells: [{ ...cell, bots: [0, 2], from: 0, to: 3 }],
        costs: [],
      },
    },
    linesOf([]),
  ),
  reconnect: foldRun(
    {
      ...plan,
      scenario: { ...plan.scenario, name: 'reconnect' },
      outages: [
        {
          fault: 'kill',
          kinds: ['server-kill'],
          cuts: 'openly',
          what: 'the server is killed',
          bots: [0, 2],
          from: 1,
          until: 2,
          to: 3,
        },
      ],
    },
    linesOf([
      { kind: 'faultOn', at: 1000, fault: 'kill' },
      { kind: 'faultOff', at: 2000, fault: 'kill' },
    ]),
  ),
} as const satisfies Record<string, RunRecord>;

test.each(Object.entries(scenarios))('what the page gets of %s', (_, record) => {
  expect(slimRecord(record)).toMatchSnapshot();
});

test('nothing but encodings, digits and curves tells a slim record from its record', () => {
  const record = scenarios.broadcast;
  const { curves, previous: _, planned: __, ...rest } = slimRecord(record);
  const metrics = Object.entries(record.metrics).map(([key, metric]) => [
    key,
    'hdr' in metric ? { ...metric, hdr: '' } : metric,
  ]);
  const { timeline, vitals } = rest;
  expect(rest).toEqual({ ...record, metrics: Object.fromEntries(metrics), timeline, vitals });
  expect(rest.vitals[0]?.gauges['cpu{role=probes}']).toEqual([33.33, 33.33, 33.33, 33.33]);
  expect(curves.map(({ key }) => key)).toEqual(['broadcast.latency', 'broadcast.service']);
  expect(slimRecord(slimRecord(record)).curves).toEqual([]);
});

/** Four seconds in which two probes hear 50 messages each second. */
function linesOf(events: readonly Event[]): (Window | EventLine)[] {
  const seconds = [0, 1, 2, 3].map((at): Window => {
    const [latency, service] = [new Histogram(), new Histogram()];
    for (let i = 1; i <= 100; i++) {
      latency.record(i / 3 + at);
      service.record(i / 4);
    }
    return {
      at,
      source: sourceOf('probes'),
      counters: { 'messages.scheduled': 50, 'messages.sent': 50, 'delivery.expected': 100, 'delivery.delivered': 100 },
      histograms: { 'broadcast.latency': latency.encode(), 'broadcast.service': service.encode() },
      gauges: { 'connections.open{transport=websocket}': 2, 'cpu{role=probes}': 100 / 3 },
    };
  });
  const ends: Event[] = [{ kind: 'closed', at: 4000 }];
  return [
    ...seconds,
    ...[...events, ...ends].map((event): EventLine => ({ at: event.at / 1000, source: sourceOf('probes'), event })),
    { at: 4, source: sourceOf('conductor'), event: { kind: 'ended', at: 4000 } },
  ];
}
