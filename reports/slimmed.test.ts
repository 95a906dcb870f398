import { expect, test } from 'vitest';
import type { Event, EventLine } from '../measure/events.ts';
import { fold } from '../measure/fold.ts';
import { Histogram } from '../measure/histogram.ts';
import type { RunRecord } from '../measure/run-record.ts';
import { plan } from '../measure/test-plan.ts';
import type { Window } from '../measure/window.ts';
import { slimmed } from './slimmed.ts';

const cell = { order: 'polling-first', network: 'open' };

const scenarios = {
  broadcast: fold(plan, linesOf([])),
  fallback: fold(
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
  reconnect: fold(
    {
      ...plan,
      scenario: { ...plan.scenario, name: 'reconnect' },
      outages: [{ fault: 'kill', what: 'the server is killed', bots: [0, 2], from: 1, until: 2, to: 3 }],
    },
    linesOf([
      { kind: 'faultOn', at: 1000, fault: 'kill' },
      { kind: 'faultOff', at: 2000, fault: 'kill' },
    ]),
  ),
} as const satisfies Record<string, RunRecord>;

test.each(Object.entries(scenarios))('what the page gets of %s', (_, record) => {
  expect(slimmed(record)).toMatchSnapshot();
});

test('nothing but encodings, digits and curves tells a slimmed record from its record', () => {
  const record = scenarios.broadcast;
  const { curves, ...rest } = slimmed(record);
  const metrics = Object.entries(record.metrics).map(([key, metric]) => [
    key,
    'hdr' in metric ? { ...metric, hdr: '' } : metric,
  ]);
  const { timeline, vitals } = rest;
  expect(rest).toEqual({ ...record, metrics: Object.fromEntries(metrics), timeline, vitals });
  expect(rest.vitals.probes?.['cpu{role=probes}']).toEqual([33.33, 33.33, 33.33, 33.33]);
  expect(curves.map(({ key }) => key)).toEqual(['broadcast.latency', 'broadcast.service']);
  expect(slimmed(slimmed(record)).curves).toEqual([]);
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
      source: 'probes',
      counters: { 'messages.scheduled': 50, 'messages.sent': 50, 'delivery.expected': 100, 'delivery.delivered': 100 },
      histograms: { 'broadcast.latency': latency.encode(), 'broadcast.service': service.encode() },
      gauges: { 'connections.open{transport=websocket}': 2, 'cpu{role=probes}': 100 / 3 },
    };
  });
  const ends: Event[] = [{ kind: 'closed', at: 4000 }];
  return [
    ...seconds,
    ...[...events, ...ends].map((event): EventLine => ({ at: event.at / 1000, source: 'probes', event })),
    { at: 4, source: 'conductor', event: { kind: 'ended', at: 4000 } },
  ];
}
