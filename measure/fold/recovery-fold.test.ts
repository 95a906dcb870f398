import { expect, test } from 'vitest';
import { foldRun } from '../../test/support/fold-run.ts';
import { plan } from '../../test/support/plan.ts';
import type { BotEvent, Event, EventLine } from '../metrics/events.ts';
import { sourceOf } from '../metrics/source.ts';
import type { RunPlan, RunRecord } from '../run-record/run-record.ts';

const vanishing: RunPlan = {
  ...plan,
  phases: { warmup: 1, measure: 9, drain: 1 },
  load: { ...plan.load, probes: 5 },
  absences: {
    noticedAfterMs: 3000,
    keptForMs: 10_000,
    cells: [{ way: 'silence', awayMs: 2000, fault: 'silence-2s', bots: [1, 4], from: 3 }],
    to: 9,
  },
};

function line(event: Event): EventLine {
  return { at: event.at / 1000, source: sourceOf('probes'), event };
}

function connected(bot: number, at: number, recovered: boolean): BotEvent {
  return { kind: 'connected', at, bot, transport: 'websocket', recovered, afterMs: 1, openedAgoMs: 1 };
}

/** One client keeps its link, one has its session again, one gets a new one, one does not come back. */
function folded(faults: readonly Event[]): RunRecord {
  const events: Event[] = [
    ...[0, 1, 2, 3, 4].flatMap((bot) => [
      connected(bot, 100, false),
      { kind: 'joined', at: 110, bot, room: 0 } as const,
    ]),
    ...faults,
    ...[2, 3, 4].map((bot) => ({ kind: 'disconnected', at: 5000, bot, reason: 'forced close' }) as const),
    connected(2, 5020, true),
    connected(3, 5040, false),
  ];
  return foldRun(vanishing, [
    ...events.map(line),
    line({ kind: 'closed', at: 10_500 }),
    { at: 11, source: sourceOf('conductor'), event: { kind: 'ended', at: 11_000 } },
  ]);
}

const lost: Event = { kind: 'faultOn', at: 3000, fault: 'silence-2s', bots: [1, 2, 3, 4] };

test('whose session went on is folded from what happened to each client', () => {
  const { recovery, metrics } = folded([lost]);
  expect(recovery?.cells).toEqual([
    {
      way: 'silence',
      awayMs: 2000,
      clients: 4,
      kept: 1,
      recovered: 1,
      fresh: 1,
      absent: 1,
      wereAwayMs: 2030,
      deliveries: { recovered: 0, missed: 0, duplicate: 0, reordered: 0 },
    },
  ]);
  const share = { unit: 'ratio', value: 0.5 };
  expect(metrics).toMatchObject({
    'recovery.share': share,
    'recovery.share{fault=silence}': share,
    'recovery.share{fault=silence,away=2s}': share,
    'recovery.share{away=2s}': share,
  });
});

test('a link that was never lost makes the run invalid', () => {
  const { recovery, verdict } = folded([]);
  expect(recovery?.cells).toEqual([]);
  expect(verdict.breaches).toContainEqual({ gate: 'unmade', faults: ['silence-2s'] });
});
