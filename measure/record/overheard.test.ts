import { expect, test } from 'vitest';
import { sourceOf } from '../metrics/source.ts';
import { Recorder } from './recorder.ts';

/** Three bots in a room since second 0; what was counted after what they heard. */
function listened(
  tell: (hear: (bot: number, key: string, at: number, latencyMs?: number) => void, recorder: Recorder) => void,
) {
  const recorder = new Recorder(sourceOf('probes'), { run: 1 }, { bots: 3, rooms: 1, echo: true });
  for (const bot of [0, 1, 2]) {
    const at = 0;
    recorder.observe({ kind: 'opened', at, bot, transport: 'websocket', afterMs: 1 });
    recorder.observe({ kind: 'joined', at, bot, room: 0 });
  }
  tell((bot, key, at, latencyMs) => recorder.overheard(bot, 0, 1, key, at, latencyMs), recorder);
  recorder.close(9000);
  const counts: Record<string, number> = {};
  for (const line of recorder.flush()) {
    if (!('counters' in line)) continue;
    for (const [key, n] of Object.entries(line.counters)) counts[key] = (counts[key] ?? 0) + n;
  }
  return counts;
}

test('what one has heard is expected of all, and lost at who was there and did not', () => {
  const counts = listened((hear) => {
    for (const bot of [0, 1, 2]) hear(bot, 'a', 2000);
    for (const bot of [0, 1]) hear(bot, 'b', 2100);
  });
  expect(counts).toMatchObject({
    'delivery.expected': 6,
    'delivery.delivered': 5,
    'delivery.lost': 1,
    'messages.scheduled': 2,
    'messages.ok': 2,
    'messages.complete': 1,
  });
});

test('who came less than a second ago may have been late, and is no duplicate either', () => {
  const counts = listened((hear) => {
    for (const bot of [0, 1, 2]) hear(bot, 'a', 500);
  });
  expect(counts['delivery.expected'] ?? 0).toBe(0);
  expect(counts).toMatchObject({ 'delivery.boundary': 3 });
});

test('the same again is a duplicate', () => {
  const counts = listened((hear) => {
    for (const bot of [0, 1, 2, 0]) hear(bot, 'a', 2000);
  });
  expect(counts).toMatchObject({ 'delivery.delivered': 3, 'delivery.duplicate': 1 });
});

test('an order is wrong at those who saw it otherwise than most, whoever heard first', () => {
  const counts = listened((hear) => {
    hear(0, 'b', 2000);
    hear(0, 'a', 2001);
    for (const bot of [1, 2]) {
      hear(bot, 'a', 2002);
      hear(bot, 'b', 2003);
    }
  });
  expect(counts).toMatchObject({ 'delivery.delivered': 6, 'delivery.reordered': 1 });
});

test('who is away misses it, and has it recovered when it comes on the next link', () => {
  const counts = listened((hear, recorder) => {
    recorder.observe({ kind: 'disconnected', at: 1500, bot: 2, reason: 'transport close' });
    for (const key of ['a', 'b']) for (const bot of [0, 1]) hear(bot, key, 2000);
    recorder.observe({ kind: 'opened', at: 3000, bot: 2, transport: 'websocket', afterMs: 1 });
    hear(2, 'a', 3001);
  });
  expect(counts).toMatchObject({
    'delivery.delivered': 4,
    'delivery.recovered': 1,
    'delivery.missed{cause=offline}': 1,
  });
});
