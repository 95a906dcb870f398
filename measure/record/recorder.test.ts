import { describe, expect, test } from 'vitest';
import { hash } from '../../base/hash.ts';
import { writeToken } from '../ledger/token.ts';
import type { BotEvent, EventLine } from '../metrics/events.ts';
import { sourceOf } from '../metrics/source.ts';
import type { Window } from '../metrics/window.ts';
import { Recorder } from './recorder.ts';

const run = hash('run');

/** Two bots in one room, connected over WebSocket; bot 0 talks. */
function twoInARoom() {
  const recorder = new Recorder(sourceOf('probes'), { run }, { bots: 2, rooms: 1, echo: true });
  for (const bot of [0, 1]) {
    recorder.observe({ kind: 'connecting', at: 1, bot });
    recorder.observe({ kind: 'opened', at: 5, bot, transport: 'websocket', afterMs: 4 });
    const times = { afterMs: 6, openedAgoMs: 2 };
    recorder.observe({ kind: 'connected', at: 7, bot, transport: 'websocket', recovered: false, ...times });
    recorder.observe({ kind: 'joined', at: 8, bot, room: 0 });
  }
  return recorder;
}

function textOf(seq: number, dueAt: number, fields = {}): string {
  return writeToken('hello', { kind: 'probe', run, clock: 1, sender: 0, room: 0, seq, dueUs: dueAt * 1000, ...fields });
}

function send(recorder: Recorder, seq: number, dueAt: number): string {
  const message = { bot: 0, room: 0, dueAt };
  recorder.observe({ kind: 'scheduled', at: dueAt, ...message });
  recorder.observe({ kind: 'sent', at: dueAt + 0.5, seq, ...message });
  return textOf(seq, dueAt);
}

function linesOf(recorder: Recorder) {
  const lines = recorder.flush();
  const windows = lines.filter((line): line is Window => 'counters' in line);
  const events = lines.filter((line): line is EventLine => 'event' in line);
  const counters: Record<string, number> = {};
  for (const window of windows)
    for (const [key, n] of Object.entries(window.counters)) counters[key] = (counters[key] ?? 0) + n;
  return {
    windows,
    counters,
    anomalies: events.flatMap(({ event }) => (event.kind === 'anomaly' ? [event] : [])),
    events,
  };
}

describe('the recorder', () => {
  test('counts a message in the second in which it was due, however late it comes', () => {
    const recorder = twoInARoom();
    const text = send(recorder, 0, 1999);
    recorder.delivered(0, 1, text, 2100);
    recorder.delivered(1, 1, text, 5100);
    const { windows } = linesOf(recorder);
    expect(windows.map(({ at }) => at)).toEqual([0, 1, 2, 5]);
    expect(windows[1]!.counters).toMatchObject({
      'messages.sent': 1,
      'delivery.expected': 2,
      'delivery.delivered': 2,
      'messages.complete': 1,
    });
    expect(Object.keys(windows[1]!.histograms)).toContain('broadcast.latency{transport=websocket}');
    expect(windows[3]!.counters).toEqual({ 'delivery.arrived': 1 });
  });

  test.each<[string, (recorder: Recorder, text: string) => void, Record<string, number>]>([
    ['a second arrival', (r, text) => r.delivered(1, 1, text, 1200), { 'delivery.duplicate': 1 }],
    [
      'a changed text',
      (r, text) => r.delivered(0, 1, text.replace('hello', 'hallo'), 1200),
      { 'delivery.corrupted': 1, 'delivery.delivered': 2 },
    ],
    [
      'a changed token',
      (r, text) => r.delivered(0, 1, text.replace('0cs.p', '0cs.c'), 1200),
      { 'delivery.corrupted': 1, 'delivery.delivered': 1 },
    ],
    ['a message that nobody sent', (r) => r.delivered(0, 1, textOf(9, 1000), 1200), { 'delivery.phantom': 1 }],
    [
      'a message of another run',
      (r) => r.delivered(0, 1, textOf(0, 1000, { run: 7 }), 1200),
      { 'messages.foreign': 1 },
    ],
    ['a message without a token', (r) => r.delivered(0, 1, 'hi there', 1200), { 'messages.foreign': 1 }],
    [
      'a message of the crowd',
      (r) => r.delivered(0, 1, textOf(0, 1000, { kind: 'crowd' }), 1200),
      { 'delivery.arrived': 2 },
    ],
  ])('tells %s', (_, happen, counted) => {
    const recorder = twoInARoom();
    const text = send(recorder, 0, 1000);
    recorder.delivered(1, 1, text, 1100);
    happen(recorder, text);
    expect(linesOf(recorder).counters).toMatchObject(counted);
  });

  test('keeps a hundred examples of an anomaly, and counts them all', () => {
    const recorder = twoInARoom();
    for (let i = 0; i < 250; i++) recorder.delivered(0, 1, textOf(9, 1000), 1200);
    const { counters, anomalies } = linesOf(recorder);
    expect(counters['delivery.phantom']).toBe(250);
    expect(anomalies).toHaveLength(100);
    expect(anomalies[0]).toEqual({
      kind: 'anomaly',
      at: 1200,
      anomaly: 'phantom',
      bot: 0,
      message: { sender: 0, room: 0, seq: 9 },
    });
  });

  test('counts a refusal after arrivals as phantoms', () => {
    const recorder = twoInARoom();
    const text = send(recorder, 0, 1000);
    recorder.delivered(0, 1, text, 1100);
    recorder.delivered(1, 1, text, 1100);
    recorder.observe({ kind: 'refused', at: 1200, bot: 0, room: 0, seq: 0, dueAt: 1000, reason: 'RATE_LIMITED' });
    expect(linesOf(recorder).counters).toMatchObject({
      'delivery.phantom': 2,
      'messages.refused': 1,
      'errors{reason=refused: RATE_LIMITED}': 1,
    });
  });

  test('bounds what a target can make it count by reason', () => {
    const recorder = twoInARoom();
    for (let i = 0; i < 1000; i++) recorder.observe({ kind: 'connectFailed', at: 1, bot: 0, reason: `reason ${i}` });
    const reasons = Object.keys(linesOf(recorder).counters).filter((key) => key.startsWith('connections.failed'));
    expect(reasons).toHaveLength(25);
    expect(reasons).toContain('connections.failed{reason=other}');
  });

  test('keeps every change of a connection raw', () => {
    const recorder = twoInARoom();
    recorder.observe({ kind: 'disconnected', at: 2500, bot: 1, reason: 'transport close' });
    const { events } = linesOf(recorder);
    expect(events.map(({ event }) => event.kind)).toEqual([
      'connecting',
      'opened',
      'connected',
      'joined',
      'connecting',
      'opened',
      'connected',
      'joined',
      'disconnected',
    ]);
    expect(events.at(-1)).toMatchObject({
      at: 2.5,
      source: sourceOf('probes'),
      event: { bot: 1, reason: 'transport close' } satisfies Partial<BotEvent>,
    });
  });
});
