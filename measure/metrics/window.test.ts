import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hash } from '../../base/hash.ts';
import { plan } from '../../test/support/plan.ts';
import { fold } from '../fold/fold.ts';
import { writeToken } from '../ledger/token.ts';
import { Recorder } from '../record/recorder.ts';
import type { EventLine } from './events.ts';
import { Histogram } from './histogram.ts';
import { sourceOf } from './source.ts';
import { OpenWindows, type Window } from './window.ts';

/** Windows merged as everybody merges them: by second, counters added, histograms added. */
function merge(windows: readonly Window[]) {
  const counters: Record<string, number> = {};
  const histograms: Record<string, Histogram> = {};
  for (const { at, ...window } of windows) {
    for (const [key, n] of Object.entries(window.counters))
      counters[`${at} ${key}`] = (counters[`${at} ${key}`] ?? 0) + n;
    for (const [key, encoded] of Object.entries(window.histograms)) {
      histograms[`${at} ${key}`] ??= new Histogram();
      histograms[`${at} ${key}`]!.addEncoded(encoded);
    }
  }
  const buckets = Object.entries(histograms).map(([key, histogram]) => [key, histogram.encode()]);
  return { counters, histograms: Object.fromEntries(buckets) };
}

const sample = fc.record({
  recorder: fc.nat(4),
  key: fc.constantFrom('broadcast.latency', 'ack.latency', 'generator.lag'),
  atMs: fc.nat(20_000),
  ms: fc.double({ min: 0, max: 100_000, noNaN: true }),
  flush: fc.boolean(),
});

test('merging the windows of K recorders equals one recorder that saw everything, bucket for bucket', () => {
  fc.assert(
    fc.property(fc.array(sample, { maxLength: 200 }), (samples) => {
      const one = new OpenWindows(sourceOf('probes'));
      const many = Array.from({ length: 5 }, (_, i) => new OpenWindows(sourceOf('probes', i)));
      const flushed: Window[] = [];
      for (const { recorder, key, atMs, ms, flush } of samples) {
        for (const windows of [one, many[recorder]!]) {
          windows.record(windows.histogram(key), atMs, ms);
          windows.add(windows.counter(`${key} count`), atMs);
        }
        if (flush) flushed.push(...many[recorder]!.flush());
      }
      for (const windows of many) flushed.push(...windows.flush());
      expect(merge(flushed.reverse())).toEqual(merge(one.flush()));
    }),
    { numRuns: 60 },
  );
});

const longPlan = {
  ...plan,
  scenario: { ...plan.scenario, thresholds: [] },
  phases: { warmup: 0, measure: 60, drain: 1 },
};

/** Three probes in one room whose messages arrive after the given delays; undefined is a message lost on the way. */
function linesOf(
  messages: readonly { dueAt: number; delays: readonly (number | undefined)[] }[],
  flushEach: boolean,
): (Window | EventLine)[] {
  const run = hash('run');
  const recorder = new Recorder(sourceOf('probes'), { run }, { bots: 3, rooms: 1, echo: true });
  for (const bot of [0, 1, 2]) {
    recorder.observe({ kind: 'opened', at: 0, bot, transport: 'websocket', afterMs: 1 });
    recorder.observe({ kind: 'joined', at: 0, bot, room: 0 });
  }
  const lines: (Window | EventLine)[] = [];
  messages.forEach(({ dueAt, delays }, seq) => {
    const text = writeToken('hi', { kind: 'probe', run, clock: 1, sender: 0, room: 0, seq, dueUs: dueAt * 1000 });
    recorder.observe({ kind: 'scheduled', at: dueAt, bot: 0, room: 0, dueAt });
    recorder.observe({ kind: 'sent', at: dueAt, bot: 0, room: 0, seq, dueAt });
    delays.forEach((delay, bot) => delay !== undefined && recorder.delivered(bot, 1, text, dueAt + delay));
    if (flushEach) lines.push(...recorder.flush());
  });
  recorder.close(90_000);
  return [...lines, ...recorder.flush()];
}

test('a run folds to the same record, however often its windows were flushed and in whatever order they are read', () => {
  const delays = fc.tuple(fc.nat(900), fc.nat(900), fc.option(fc.nat(900), { nil: undefined }));
  const message = fc.record({ dueAt: fc.nat(50_000), delays });
  fc.assert(
    fc.property(fc.array(message, { minLength: 1, maxLength: 30 }), (messages) => {
      const whole = fold(longPlan, linesOf(messages, false));
      const split = fold(longPlan, linesOf(messages, true).reverse());
      expect(split.metrics).toEqual(whole.metrics);
      expect(split.timeline).toEqual(whole.timeline);
      const value = (key: string) => (whole.metrics[key] as { value: number }).value;
      expect(value('delivery.delivered') + value('delivery.lost') + value('delivery.unknown')).toBe(
        value('delivery.expected'),
      );
    }),
    { numRuns: 40 },
  );
});
