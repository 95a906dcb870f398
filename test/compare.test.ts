import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { randomOf } from '../base/random.ts';
import type { EventLine } from '../measure/metrics/events.ts';
import { type SourceRole, sourceOf } from '../measure/metrics/source.ts';
import { OpenWindows } from '../measure/metrics/window.ts';
import type { RunPlan, RunRecord } from '../measure/run-record/run-record.ts';
import { cleanUp, Running, temporaryFolder } from './support/chatstorm.ts';
import { foldRun } from './support/fold-run.ts';
import { everyoneJoined, plan as planned } from './support/plan.ts';

afterAll(cleanUp);

const SECONDS = 40;
const MESSAGES = 20;

/** A run of 800 messages whose latencies scatter around `middleMs`; the same seed gives the same. */
function recordOf(middleMs: number, nth: number, seed: string): RunRecord {
  const random = randomOf(`${seed} ${nth}`);
  const own = middleMs * (1 + (random() - 0.5) * 0.02);
  const windows = new OpenWindows(sourceOf('probes'));
  for (let second = 0; second < SECONDS; second++) {
    const at = second * 1000;
    for (const name of [
      'messages.scheduled',
      'messages.sent',
      'messages.ok',
      'delivery.expected',
      'delivery.delivered',
    ]) {
      windows.add(windows.counter(name), at, MESSAGES);
    }
    for (let i = 0; i < MESSAGES; i++)
      windows.record(windows.histogram('broadcast.latency'), at, own * (0.5 + random()));
  }
  const told = (role: SourceRole, kind: 'closed' | 'ended'): EventLine => ({
    at: SECONDS,
    source: sourceOf(role),
    event: { kind, at: SECONDS * 1000 },
  });
  const plan = planOf(nth, seed);
  return foldRun(plan, [
    ...everyoneJoined(plan),
    ...windows.flush(),
    told('probes', 'closed'),
    told('conductor', 'ended'),
  ]);
}

function planOf(nth: number, seed: string): RunPlan {
  const at = new Date(Date.UTC(2026, 0, 31, 12, nth)).toISOString();
  return {
    ...planned,
    id: `${seed}-${nth}`,
    startedAt: at,
    scenario: { ...planned.scenario, thresholds: [] },
    seed,
    phases: { warmup: 0, measure: SECONDS, drain: 1 },
    load: { ...planned.load, ratePerTalker: MESSAGES, offered: SECONDS * MESSAGES },
  };
}

/** A folder of run folders, as `load --repeat` leaves them. */
function runsOf(runs: number, middleMs: number, seed: string): string {
  const folder = temporaryFolder();
  for (let nth = 0; nth < runs; nth++) {
    mkdirSync(join(folder, String(nth)));
    writeFileSync(join(folder, String(nth), 'run.json'), JSON.stringify(recordOf(middleMs, nth, seed)));
  }
  return folder;
}

async function compare(base: string, next: string) {
  const run = new Running(['compare', base, next, '--fail-on', 'worse'], base);
  return { code: await run.ended, output: run.output };
}

describe.concurrent('chatstorm compare', () => {
  test('finds a known +10 %, and fails on it', async () => {
    const { code, output } = await compare(runsOf(5, 20, 'a'), runsOf(5, 22, 'b'));
    expect(output).toMatch(/broadcast\.latency\.p50 .* \+\d.* worse/);
    expect(output).toContain('5 runs against 5 runs: medians');
    expect(code).toBe(99);
  });

  test('finds nothing between runs of the same', async () => {
    const { code, output } = await compare(runsOf(5, 20, 'a'), runsOf(5, 20, 'b'));
    expect(output).toMatch(/broadcast\.latency\.p50 .* no difference/);
    expect(code).toBe(0);
  });

  test('says that single runs cannot be significant, and shows the difference within them', async () => {
    const { code, output } = await compare(runsOf(1, 20, 'a'), join(runsOf(1, 22, 'b'), '0', 'run.json'));
    expect(output).toContain('with fewer than 4 runs a side nothing can be significant');
    expect(output).toMatch(/broadcast\.latency\.p50 .* \+\d.* … \+\d.* too few runs/);
    expect(code).toBe(3);
  });

  test('takes lists, and names what is no run', async () => {
    const runs = runsOf(4, 20, 'a');
    const list = [0, 1, 2, 3].map((nth) => join(runs, String(nth))).join(',');
    expect((await compare(list, runsOf(4, 20, 'b'))).output).toContain('4 runs against 4 runs');
    expect(await compare(list, temporaryFolder())).toMatchObject({
      code: 2,
      output: expect.stringContaining('to be a run'),
    });
  });
});
