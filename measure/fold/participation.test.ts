import { describe, expect, test } from 'vitest';
import { plan } from '../../test/support/plan.ts';
import type { BotEvent } from '../metrics/events.ts';
import type { RunPlan } from '../run-record/run-record.ts';
import { Sums } from './metric-sums.ts';
import { participationOf } from './participation.ts';

const phases = { warmup: 1, measure: 8, drain: 1 };
const twoProbes: RunPlan = { ...plan, phases, load: { ...plan.load, probes: 2, users: 10 } };
const fault: RunPlan['outages'][number] = {
  fault: 'kill',
  kinds: ['server-kill'],
  cuts: 'openly',
  what: 'x',
  bots: [0, 2],
  from: 4,
  until: 5,
  to: 9,
};
const withFault: RunPlan = { ...twoProbes, outages: [fault as RunPlan['outages'][number]] };

const joined = (bot: number, at = 100): BotEvent => ({ kind: 'joined', at, bot, room: 0 });
const lost = (bot: number, at: number): BotEvent => ({ kind: 'disconnected', at, bot, reason: 'transport close' });

/** What the crowd counted. */
function crowd(counters: Record<string, number>, of = twoProbes): Sums {
  const sums = new Sums(of);
  sums.add({ at: 0, source: { role: 'crowd', shard: 0, number: 0 }, counters, histograms: {}, gauges: {} });
  return sums;
}

describe('probes', () => {
  const probes = (of: RunPlan, ...events: BotEvent[]) => participationOf(of, events, crowd({}))[0];

  test('take part when they are in the room at the end of the measured interval', () => {
    expect(probes(twoProbes, joined(0), joined(1))).toMatchObject({ role: 'probes', asked: 2, tookPart: 2 });
    const back = probes(twoProbes, joined(0), joined(1), lost(1, 2000), joined(1, 3000), lost(0, 9500));
    expect(back).toMatchObject({ tookPart: 2 });
  });

  test.each<[string, BotEvent[]]>([
    ['connect: no answer', []],
    ['connect: server full', [{ kind: 'connectFailed', at: 5, bot: 1, reason: 'server full' }]],
    ['join: BANNED', [{ kind: 'joinFailed', at: 5, bot: 1, room: 0, reason: 'join: BANNED' }]],
    ['disconnected: transport close', [joined(1), lost(1, 5000)]],
  ])('do not otherwise: %s', (reason, events) => {
    expect(probes(twoProbes, joined(0), ...events)).toMatchObject({ tookPart: 1, absent: new Map([[reason, 1]]) });
  });

  test('need to have joined before the first fault only', () => {
    expect(probes(withFault, joined(0), joined(1), lost(1, 4500))).toMatchObject({ tookPart: 2 });
    expect(probes(withFault, joined(0), joined(1, 4500))).toMatchObject({ tookPart: 1 });
  });
});

describe('the crowd', () => {
  const counters = { 'users.joined': 9, 'users.present': 8, 'users.absent{reason=connect: server full}': 1 };
  const crowdOf = (of: RunPlan) => participationOf(of, [], crowd(counters, of)).find(({ role }) => role === 'crowd');

  test('takes part by being there at the end; with faults, by having joined', () => {
    const absent = new Map([['connect: server full', 1]]);
    expect(crowdOf(twoProbes)).toEqual({ role: 'crowd', asked: 10, tookPart: 8, absent });
    expect(crowdOf(withFault)).toMatchObject({ tookPart: 9 });
  });

  test('is not judged where its size is not known beforehand', () => {
    const scenario = { ...plan.scenario, phases: [{ duration: 10, arrivalRate: 1, rampTo: 5 }] };
    expect(crowdOf({ ...twoProbes, scenario })).toBeUndefined();
  });
});
