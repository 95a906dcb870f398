import { describe, expect, test } from 'vitest';
import { hash } from '../../base/hash.ts';
import { writeToken } from '../ledger/token.ts';
import type { BotEvent, EventLine } from '../metrics/events.ts';
import { Histogram } from '../metrics/histogram.ts';
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
      roomName: '0',
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

describe('pairs that come to nothing', () => {
  const shape = { bots: 2, rooms: 1, echo: true, roomNames: ['storm-1'], measured: { from: 1000, to: 2000 } };

  function lossy(): Recorder {
    const recorder = new Recorder(sourceOf('probes'), { run }, shape);
    for (const bot of [0, 1]) {
      recorder.observe({ kind: 'opened', at: 5, bot, transport: 'websocket', afterMs: 4 });
      recorder.observe({ kind: 'joined', at: 8, bot, room: 0 });
    }
    return recorder;
  }

  test('are told as examples, with names, from the measured interval only', () => {
    const recorder = lossy();
    for (const [seq, dueAt] of [500, 1200, 2500].entries()) {
      const text = send(recorder, seq, dueAt);
      recorder.delivered(0, 1, text, dueAt + 5);
    }
    recorder.close(3000);
    const { events, counters } = linesOf(recorder);
    expect(counters['delivery.lost']).toBe(3);
    expect(events.flatMap(({ event }) => (event.kind === 'undelivered' ? [event] : []))).toEqual([
      { kind: 'undelivered', at: 1200, outcome: 'lost', recipient: 1, sender: 0, room: 'storm-1', seq: 1 },
    ]);
  });

  test('have a cause where they were missed, and are at most a hundred of a kind', () => {
    const recorder = lossy();
    recorder.observe({ kind: 'disconnected', at: 900, bot: 1, reason: 'transport close' });
    for (let seq = 0; seq < 150; seq++) recorder.delivered(0, 1, send(recorder, seq, 1000 + seq), 1200 + seq);
    recorder.close(3000);
    const { events } = linesOf(recorder);
    const examples = events.flatMap(({ event }) => (event.kind === 'undelivered' ? [event] : []));
    expect(examples).toHaveLength(100);
    expect(new Set(examples.map(({ outcome, cause }) => `${outcome} ${cause}`))).toEqual(new Set(['missed offline']));
  });
});

test('what each probe heard is told at the end, by due times in the measured interval, percentiles only of enough', () => {
  const shape = { bots: 2, rooms: 1, echo: true, roomNames: ['storm-1'], measured: { from: 1000, to: 2000 } };
  const recorder = new Recorder(sourceOf('probes'), { run }, shape);
  for (const bot of [0, 1]) {
    recorder.observe({ kind: 'opened', at: 5, bot, transport: 'websocket', afterMs: 4 });
    recorder.observe({ kind: 'joined', at: 8, bot, room: 0 });
  }
  for (const [seq, dueAt] of [500, ...Array.from({ length: 20 }, (_, i) => 1000 + i)].entries()) {
    recorder.delivered(0, 1, send(recorder, seq, dueAt), dueAt + (seq === 0 ? 90 : 10));
  }
  recorder.close(3000);
  const { events } = linesOf(recorder);
  const recipients = events.flatMap(({ event }) => (event.kind === 'recipient' ? [event] : []));
  expect(recipients).toEqual([
    {
      kind: 'recipient',
      at: 3000,
      bot: 0,
      room: 'storm-1',
      count: 20,
      p50: expect.closeTo(10, 0),
      p99: null,
      max: expect.closeTo(10, 0),
    },
  ]);
});

test('a complete message has a first, a median and a last recipient', () => {
  const recorder = new Recorder(sourceOf('probes'), { run }, { bots: 3, rooms: 1, echo: true });
  for (const bot of [0, 1, 2]) {
    recorder.observe({ kind: 'opened', at: 5, bot, transport: 'websocket', afterMs: 4 });
    recorder.observe({ kind: 'joined', at: 8, bot, room: 0 });
  }
  const text = send(recorder, 0, 1000);
  for (const [bot, at] of [1002, 1007, 1030].entries()) recorder.delivered(bot, 1, text, at);
  const [window] = linesOf(recorder).windows.filter(({ at }) => at === 1);
  const maxOf = (key: string) => {
    const histogram = new Histogram();
    histogram.addEncoded(window!.histograms[key]!);
    return histogram.max;
  };
  expect(['first', 'median', 'last'].map((name) => maxOf(`broadcast.${name}`))).toEqual([
    expect.closeTo(2, 1),
    expect.closeTo(7, 1),
    expect.closeTo(30, 1),
  ]);
});
