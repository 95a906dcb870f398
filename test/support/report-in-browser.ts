import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { onTestFinished } from 'vitest';
import type { EventLine } from '../../measure/metrics/events.ts';
import { Histogram } from '../../measure/metrics/histogram.ts';
import { metricKey } from '../../measure/metrics/metric-key.ts';
import { sourceOf } from '../../measure/metrics/source.ts';
import type { Window } from '../../measure/metrics/window.ts';
import type { RunPlan, RunRecord } from '../../measure/run-record/run-record.ts';
import { renderReport } from '../../reports/render/render-report.ts';
import { foldRun } from './fold-run.ts';
import { overhear } from './in-browser.ts';
import { everyoneJoined, plan as planned } from './plan.ts';

interface Look {
  readonly colorScheme?: 'light' | 'dark';
  readonly hash?: string;
  readonly height?: number;
}

/** A report, of one run or several, opened from a folder of its own, what the browser said on its console, and what it asked for. */
export async function open(
  browser: Browser,
  runs: readonly RunRecord[],
  { colorScheme = 'light', hash = '', height = 6000 }: Look = {},
) {
  const folder = await mkdtemp(join(tmpdir(), 'chatstorm-report-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'report.html');
  await writeFile(file, await renderReport(runs));
  // A page so high that every chart is in sight, unless a test is about those that are not.
  const context = await browser.newContext({ colorScheme, viewport: { width: 1280, height } });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  const { said, asked } = overhear(page);
  await page.goto(`${pathToFileURL(file).href}${hash}`);
  await page.locator('main h1:visible').first().waitFor();
  return { page, said, asked };
}

const none = { warmup: 0, measure: 0, drain: 0 };

/** A run of two warm-up seconds, a drain of two, and a fault between; `word` stands wherever a stranger's word may. */
export function runOf(seconds: number, word = 'storm'): RunRecord {
  const plan = { ...planOf(word), phases: { warmup: 2, measure: seconds - 4, drain: 2 } };
  const lines: (Window | EventLine)[] = [
    ...everyoneJoined(plan),
    { at: 0, source: sourceOf('crowd'), counters: { 'users.present': 3 }, histograms: {}, gauges: {} },
    ...Array.from({ length: seconds }, (_, at) => windowOf(at, word)),
  ];
  lines.push({ at: 5, source: sourceOf('probes'), event: { kind: 'faultOn', at: 5000, fault: word } });
  lines.push({ at: 7, source: sourceOf('probes'), event: { kind: 'faultOff', at: 7000, fault: word } });
  const anomaly = {
    kind: 'anomaly',
    anomaly: 'duplicate',
    at: 5250,
    bot: 1,
    message: { sender: 2, room: 0, seq: 3 },
  } as const;
  lines.push({ at: 5.25, source: sourceOf('probes'), event: anomaly });
  lines.push({ at: seconds, source: sourceOf('probes'), event: { kind: 'closed', at: seconds * 1000 } });
  lines.push(ended(seconds));
  return foldRun(plan, lines);
}

/** The run's end, as the conductor tells it. */
export function ended(at: number): EventLine {
  return { at, source: sourceOf('conductor'), event: { kind: 'ended', at: at * 1000 } };
}

/** Each second expects nine deliveries; second 4 loses two, misses three and drops a message, and second 6 sees nobody. */
function windowOf(at: number, word: string): Window {
  const counters: Record<string, number> = {
    'messages.scheduled': at === 4 ? 5 : 1,
    'messages.sent': at === 4 ? 4 : 1,
    'messages.ok': at === 4 ? 4 : 1,
    'delivery.expected': 9,
    'delivery.delivered': at === 4 ? 4 : 9,
    'delivery.arrived': 9,
  };
  if (at === 4) {
    counters['delivery.lost'] = 2;
    counters[metricKey('delivery.missed', { cause: 'cut' })] = 3;
    counters['delivery.duplicate'] = 1;
    counters[metricKey('disconnects', { reason: word })] = 1;
  }
  const histogram = new Histogram();
  histogram.record(at + 1);
  histogram.record(3 * at + 1);
  const seen = at !== 6;
  const gauges = {
    'cpu{role=server}': 10 + at / 3,
    'rss{role=server}': 1e8 + at,
    'server.clients': 3,
    'connections.open{transport=websocket}': 3,
  };
  return {
    at,
    source: sourceOf('probes'),
    counters,
    histograms: seen ? { 'broadcast.latency': histogram.encode(), 'broadcast.spread': histogram.encode() } : {},
    gauges: seen ? gauges : {},
  };
}

/** The plan of a run of no length; `name` is its scenario's. */
export function planOf(name: string): RunPlan {
  return {
    ...planned,
    id: 'run',
    scenario: { name, about: name, thresholds: ['delivery.lost == 0', 'reconnect.time.p99 < 5s'] },
    phases: none,
    load: { ...planned.load, users: 3, probes: 3, offered: 12 },
  };
}
