import { describe, expect, test } from 'vitest';
import { everyoneJoined, plan } from '../../test/support/plan.ts';
import type { EventLine, RunEvent } from '../metrics/events.ts';
import { parseLine } from '../metrics/lines.ts';
import { type SourceRole, sourceOf } from '../metrics/source.ts';
import { OpenWindows, type Window } from '../metrics/window.ts';
import { fold } from './fold.ts';

function event(role: SourceRole, told: RunEvent): EventLine {
  return { at: told.at / 1000, source: sourceOf(role), event: told };
}

const closed = event('probes', { kind: 'closed', at: 4000 });
const ended = event('conductor', { kind: 'ended', at: 4000 });
const joined = everyoneJoined();

/** A message a second for three seconds, each to two recipients, of which `lost` do not get it. */
function messages(lost = 0): Window[] {
  const windows = new OpenWindows(sourceOf('probes'));
  for (const second of [0, 1, 2]) {
    const at = second * 1000 + 500;
    for (const name of ['scheduled', 'sent', 'ok']) windows.add(windows.counter(`messages.${name}`), at);
    windows.add(windows.counter('delivery.expected'), at, 2);
    windows.add(windows.counter('delivery.delivered'), at, 2 - lost);
    if (lost > 0) windows.add(windows.counter('delivery.lost'), at, lost);
    windows.record(windows.histogram('broadcast.latency'), at, 10 * (second + 1));
    windows.record(windows.histogram('connect.time'), at, 5);
    windows.gauge('loopUtilization{role=probes}', at, 0.1);
  }
  return windows.flush();
}

const value = (record: ReturnType<typeof fold>, key: string) =>
  (record.metrics[key] as { value: number } | undefined)?.value;

describe('the fold', () => {
  test('counts measured metrics in the measured interval, the others over the run', () => {
    const record = fold(plan, [...joined, ...messages(), closed, ended]);
    expect(value(record, 'messages.sent')).toBe(2);
    expect(value(record, 'delivery.delivered')).toBe(4);
    expect(record.metrics['broadcast.latency']).toMatchObject({
      count: 2,
      min: expect.closeTo(20),
      max: expect.closeTo(30, 0),
    });
    expect(record.metrics['connect.time']).toMatchObject({ count: 3 });
    expect(record).toMatchObject({
      state: 'complete',
      interruptedBy: null,
      verdict: { outcome: 'pass', breaches: [] },
    });
  });

  test('shows every second in the timeline', () => {
    const { timeline, vitals } = fold(plan, [...joined, ...messages(), closed, ended]);
    expect(timeline.seconds).toBe(3);
    expect(timeline.counters['messages.sent']).toEqual([1, 1, 1]);
    expect(timeline.latency.p99.map((p99) => Math.round(p99!))).toEqual([10, 20, 30]);
    expect(vitals).toEqual([
      { source: sourceOf('probes'), gauges: { 'loopUtilization{role=probes}': [0.1, 0.1, 0.1] } },
    ]);
  });

  test('is the same whatever the order of the lines, and however a second was split', () => {
    const lines = [...messages(), ...joined, ...messages(1), closed, ended];
    expect(fold(plan, lines.toReversed())).toEqual(fold(plan, lines));
  });

  test('fails on what was lost', () => {
    const record = fold(plan, [...joined, ...messages(1), closed, ended]);
    expect(record.verdict).toMatchObject({ outcome: 'fail', breaches: [] });
    expect(value(record, 'delivery.ratio')).toBe(0.5);
  });

  test('adds up the causes of what was missed', () => {
    const windows = new OpenWindows(sourceOf('probes'));
    windows.add(windows.counter('delivery.expected'), 1500, 3);
    windows.add(windows.counter('delivery.missed{cause=cut}'), 1500, 2);
    windows.add(windows.counter('delivery.missed{cause=offline}'), 1500, 1);
    expect(value(fold(plan, [...windows.flush(), closed, ended]), 'delivery.missed')).toBe(3);
  });

  test("keeps the crowd's counts apart from the ledger", () => {
    const windows = new OpenWindows(sourceOf('crowd', 1));
    windows.add(windows.counter('delivery.delivered{by=crowd}'), 1500, 40);
    const record = fold(plan, [...messages(), ...windows.flush(), closed, ended]);
    expect(value(record, 'delivery.delivered')).toBe(4);
    expect(value(record, 'delivery.delivered{by=crowd}')).toBe(40);
  });

  test('makes unknown what killed probes could not settle, and the run partial and invalid', () => {
    const windows = messages().map((window) => ({
      ...window,
      counters: { ...window.counters, 'delivery.delivered': 1, 'messages.ok': 0 },
    }));
    const end = { kind: 'signal', signal: 'SIGKILL' } as const;
    const died = event('conductor', { kind: 'died', at: 3000, role: 'probes', end, said: ['why'] });
    const record = fold(plan, [...windows, died, ended]);
    expect(value(record, 'delivery.unknown')).toBe(2);
    expect(value(record, 'messages.info')).toBe(2);
    expect(record.state).toBe('partial');
    expect(record.verdict.breaches).toEqual([{ gate: 'death', role: 'probes', end, said: ['why'] }]);
  });

  test('says that the conductor died where the end of the run is missing', () => {
    const record = fold(plan, [...messages(), closed]);
    expect(record).toMatchObject({ state: 'partial', verdict: { breaches: [{ gate: 'death', role: 'conductor' }] } });
  });

  test('of nothing at all is unknown', () => {
    const record = fold(plan, []);
    expect(record.verdict.outcome).toBe('unknown');
    expect(record.timeline.seconds).toBe(0);
  });
});

test('too few messages behind a percentile make it null: insufficient', () => {
  const windows = new OpenWindows(sourceOf('probes'));
  const sent = windows.counter('messages.sent');
  const latency = windows.histogram('broadcast.latency');
  for (let message = 0; message < 700; message++) {
    windows.add(sent, 1500);
    for (let recipient = 0; recipient < 10; recipient++) windows.record(latency, 1500, 5);
  }
  const found = fold(plan, windows.flush()).metrics['broadcast.latency'];
  expect(found).toMatchObject({ count: 7000, p50: expect.closeTo(5), p99: expect.closeTo(5), p999: null });
});

describe('a line', () => {
  test.each([
    '',
    'x',
    '{"at":1',
    '[]',
    'null',
    '{"at":1.5,"source":"p","counters":{},"histograms":{},"gauges":{}}',
    '{"at":1,"source":"p","counters":{"a":"b"},"histograms":{},"gauges":{}}',
    '{"at":1,"source":"p","event":{}}',
  ])('%j is none', (text) => {
    expect(parseLine(text)).toBeUndefined();
  });

  test('is read back as it was written', () => {
    for (const line of [...messages(), closed]) expect(parseLine(JSON.stringify(line))).toEqual(line);
  });
});
