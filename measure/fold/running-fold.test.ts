import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { plan as planned } from '../../test/support/plan.ts';
import type { EventLine } from '../metrics/events.ts';
import { type SourceRole, sourceOf } from '../metrics/source.ts';
import { OpenWindows, type Window } from '../metrics/window.ts';
import type { RunPlan } from '../run-record/run-record.ts';
import { fold } from './fold.ts';
import { RunningFold } from './running-fold.ts';

const SECONDS = 40;
const connected = { transport: 'websocket', recovered: false, afterMs: 5, openedAgoMs: 2 } as const;

const plan: RunPlan = {
  ...planned,
  phases: { warmup: 2, measure: SECONDS - 2, drain: 1 },
  outages: [
    {
      fault: 'kill',
      kinds: ['server-kill'],
      cuts: 'never',
      what: 'the server is killed',
      bots: [0, 3],
      from: 10,
      until: 12,
      to: 20,
    },
  ],
};

/** Lines of a run of 40 seconds with an outage in it, each second twice: late arrivals open it again. */
const lines: readonly (Window | EventLine)[] = [
  ...Array.from({ length: SECONDS }, (_, second) => [...windowOf(second, 20), ...windowOf(second, 2)]).flat(),
  told({ kind: 'faultOn', at: 10_000, fault: 'kill' }, 'proxy'),
  ...[0, 1, 2].flatMap((bot) => [
    told({ kind: 'connected', at: 100, bot, ...connected }),
    told({ kind: 'disconnected', at: 10_010 + bot, bot, reason: 'transport close' }),
    told({ kind: 'connected', at: 13_000 + bot, bot, ...connected }),
  ]),
  told({ kind: 'faultOff', at: 12_000, fault: 'kill' }, 'proxy'),
  told({ kind: 'closed', at: SECONDS * 1000 }),
  told({ kind: 'ended', at: SECONDS * 1000 }, 'conductor'),
];

describe('the running fold', () => {
  test('gives the same record as the fold, in whatever order the lines come, and however often a snapshot is taken', () => {
    const whole = fold(plan, lines);
    expect(whole.outages[0]).toMatchObject({ disconnected: 3, back: 3 });
    expect(whole.intervals['broadcast.latency.p50']).not.toBeNull();
    const cuts = fc.uniqueArray(fc.nat(lines.length), { maxLength: 6 });
    fc.assert(
      fc.property(cuts, (places) => {
        const running = new RunningFold(plan);
        let from = 0;
        for (const to of [...places.sort((a, b) => a - b), lines.length]) {
          running.add(lines.slice(from, to));
          running.snapshot();
          from = to;
        }
        expect(running.record()).toEqual(whole);
      }),
      { numRuns: 8 },
    );
  }, 60_000);

  test('tells at each line what the fold of the lines so far tells, but for what is dear', () => {
    const running = new RunningFold(plan);
    for (const [i, line] of lines.slice(0, 12).entries()) {
      running.add([line]);
      const { metrics, timeline, vitals } = fold(plan, lines.slice(0, i + 1));
      const snapshot = running.snapshot();
      expect({ timeline: snapshot.timeline, vitals: snapshot.vitals }).toEqual({ timeline, vitals });
      expect(snapshot.metrics).toEqual(
        Object.fromEntries(
          Object.entries(metrics).map(([key, metric]) => [key, 'hdr' in metric ? { ...metric, hdr: '' } : metric]),
        ),
      );
    }
  });

  test('asks whether messages were sent up to the last second before an outage, in which they may be under way', () => {
    const unconfirmed = (second: number) => {
      const running = new RunningFold(plan);
      running.add([...lines, ...unknownIn(second)]);
      return running.record().verdict.breaches.filter(({ gate }) => gate === 'unconfirmed');
    };
    expect(unconfirmed(8)).toEqual([{ gate: 'unconfirmed', unknown: 3, expected: 9 * 22 + 3 }]);
    expect(unconfirmed(9)).toEqual([]);
  });

  test('takes a run in progress for neither dead nor complete', () => {
    const running = new RunningFold(plan);
    running.add(lines.slice(0, 10));
    expect(running.snapshot()).toMatchObject({ state: 'partial', verdict: { breaches: [] }, intervals: {} });
    expect(running.record().verdict.breaches).toContainEqual(expect.objectContaining({ role: 'conductor' }));
  });
});

function windowOf(second: number, messages: number): Window[] {
  const windows = new OpenWindows(sourceOf('probes'));
  const at = second * 1000;
  for (const name of ['messages.scheduled', 'messages.sent', 'messages.ok', 'delivery.expected', 'delivery.delivered'])
    windows.add(windows.counter(name), at, messages);
  for (let i = 0; i < messages; i++) windows.record(windows.histogram('broadcast.latency'), at, 10 + ((i * 7) % 13));
  windows.gauge('loopUtilization{role=probes}', at, 0.1);
  return windows.flush();
}

/** Messages to three, of which it is not known whether they were sent. */
function unknownIn(second: number): Window[] {
  const windows = new OpenWindows(sourceOf('probes'));
  for (const name of ['delivery.expected', 'delivery.unknown']) windows.add(windows.counter(name), second * 1000, 3);
  return windows.flush();
}

function told(event: EventLine['event'], role: SourceRole = 'probes'): EventLine {
  return { at: event.at / 1000, source: sourceOf(role), event };
}
