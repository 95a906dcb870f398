import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { EventLine } from '../measure/events.ts';
import { fold } from '../measure/fold.ts';
import { Histogram } from '../measure/histogram.ts';
import { metricKey } from '../measure/keys.ts';
import type { RunPlan, RunRecord } from '../measure/run-record.ts';
import type { Window } from '../measure/window.ts';
import { renderReport } from '../reports/report.ts';
import { browserAvailable, browserMissing, launchBrowser, skipBrowser } from './browser.ts';

const hostile = '</script><img src=x onerror=hacked=1>\u202Egnp.exe';

describe.skipIf(skipBrowser)(
  browserAvailable ? 'the report' : `the report. ${browserMissing}`,
  { timeout: 60_000 },
  () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await launchBrowser();
    }, 60_000);
    afterAll(() => browser?.close());

    test.each(['light', 'dark'] as const)('opens from disk, asks for nothing and shows the run, %s', async (scheme) => {
      const { page, said, asked } = await open(browser, runOf(12), scheme);
      expect(await page.title()).toBe('storm: not to be believed · chatstorm');
      expect(await page.locator('.word').textContent()).toMatch(/not to be believed/);
      expect(await page.locator('.headline').textContent()).toMatch(
        /^The messages do not add up: 12 scheduled, 11 sent/,
      );
      expect(await page.locator('.verdict').textContent()).toContain('72 deliveries expected, 2 lost');
      expect(await rowOf(page, 'Thresholds', 'delivery.lost == 0')).toEqual(['2', '✗ fail']);
      expect(await rowOf(page, 'Thresholds', 'reconnect.time.p99 < 5s')).toEqual(['no samples', '? unknown']);
      expect(await rowOf(page, 'Deliveries', 'lost')).toEqual(['2', '2.8 %']);
      expect(await rowOf(page, 'Deliveries', 'cut')).toEqual(['3', '4.2 %']);
      expect(await rowOf(page, 'Deliveries', 'Accounted for ✓ adds up')).toEqual(['72', '100 %']);
      expect(await rowOf(page, 'Messages of the probes', 'Sent + dropped ✗ 1 missing')).toEqual(['11', '91.7 %']);
      expect(await page.locator('.examples li').allInnerTexts()).toEqual([
        'at 5.25 s: probe 1 heard message 3 of probe 2 in room 0',
      ]);
      expect(await page.evaluate(linesOfCanvases)).toEqual(Array(8).fill(true));
      expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe(
        scheme === 'light' ? 'rgb(241, 243, 247)' : 'rgb(13, 16, 22)',
      );
      expect(await page.evaluate('document.querySelectorAll("canvas[role=img][aria-label]").length')).toBe(8);
      expect(said).toEqual([]);
      expect(asked).toEqual([page.url()]);
    });

    test('the table behind a chart opens by keyboard and has every second', async () => {
      const { page } = await open(browser, runOf(12), 'light');
      await page.getByText('Table of Broadcast latency').focus();
      await page.keyboard.press('Enter');
      const table = page.getByRole('region', { name: 'Broadcast latency, each second' });
      const rows = await table.locator('tbody tr').allInnerTexts();
      expect(rows).toHaveLength(12);
      expect(rows[6]).toBe('6 s\t–\t–\t–\t–');
      expect(rows[7]).toMatch(/^7 s\t8\.\d+ ms/);
    });

    test('charts follow a change of the colour scheme, and their legends hide lines', async () => {
      const { page, said } = await open(browser, runOf(12), 'light');
      const light = await page.evaluate(pictureOfFirst);
      await page.emulateMedia({ colorScheme: 'dark' });
      await expect.poll(() => page.evaluate(pictureOfFirst)).not.toBe(light);
      const dark = await page.evaluate(pictureOfFirst);
      await page.getByRole('button', { name: 'p99' }).first().click();
      expect(await page.evaluate(pictureOfFirst)).not.toBe(dark);
      await page.pdf();
      expect(said).toEqual([]);
    });

    test('hostile strings stay text', async () => {
      const record = runOf(12, hostile);
      const { page, said, asked } = await open(browser, { ...record, notes: [hostile] }, 'light');
      expect(await page.locator('h1').textContent()).toBe(hostile);
      expect(await page.locator('.notes li').textContent()).toBe(hostile);
      expect(await page.getByRole('region', { name: 'By reason' }).locator('th bdi').textContent()).toBe(
        hostile.replaceAll('=', '_'),
      );
      expect(await page.getByLabel('The scenario as resolved').textContent()).toContain('</script><img src=x onerror=hacked=1>\\u202egnp.exe');
      expect(await page.evaluate('typeof hacked')).toBe('undefined');
      expect(await page.locator('img').count()).toBe(0);
      expect(said).toEqual([]);
      expect(asked).toEqual([page.url()]);
    });

    test('a run with nothing in it has a report too', async () => {
      const { page, said } = await open(browser, fold(planOf('storm'), [ended(0)]), 'light');
      expect(await page.locator('.word').textContent()).toMatch(/unknown/);
      expect(await page.locator('.reasons').textContent()).toContain('Partial');
      expect(await page.locator('canvas').count()).toBe(0);
      expect(said).toEqual([]);
    });

    test('an hour fits, at any width', async () => {
      const { page, said } = await open(browser, runOf(3600), 'light');
      for (const width of [360, 1400]) {
        await page.setViewportSize({ width, height: 900 });
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
      }
      expect(await page.evaluate(linesOfCanvases)).toEqual(Array(8).fill(true));
      expect(said).toEqual([]);
    });
  },
);

/** Whether lines are drawn, canvas by canvas: they alone are opaque and of a colour. */
const linesOfCanvases = `[...document.querySelectorAll('canvas')].map((canvas) => {
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  for (let i = 0; i < data.length; i += 4) {
    const [red, green, blue, alpha] = data.subarray(i, i + 4);
    if (alpha === 255 && Math.max(red, green, blue) - Math.min(red, green, blue) > 80) return true;
  }
  return false;
})`;

const pictureOfFirst = "document.querySelector('canvas').toDataURL()";

/** A report opened from a folder of its own, what the browser said on its console, and what it asked for. */
async function open(browser: Browser, run: RunRecord | RunRecord[], colorScheme: 'light' | 'dark' = 'light') {
  const records = Array.isArray(run) ? run : [run];
  const folder = await mkdtemp(join(tmpdir(), 'chatstorm-report-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'report.html');
  await writeFile(file, await renderReport(records));
  const context = await browser.newContext({ colorScheme });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  const [said, asked]: [string[], string[]] = [[], []];
  page.on('console', (message) => said.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => said.push(`error: ${error.message}`));
  page.on('request', (request) => asked.push(request.url()));
  await page.goto(pathToFileURL(file).href);
  await page.locator('main h1').first().waitFor();
  return { page, said, asked };
}

/** The cells of a table's row, found by what stands first in the row's heading. */
async function rowOf(page: Page, caption: string, head: string): Promise<string[]> {
  const rows = page.getByRole('region', { name: caption }).locator('tbody tr');
  for (const row of await rows.all()) {
    const [text] = await row.locator('th').allInnerTexts();
    if (text?.split('\n')[0] === head) return row.locator('td').allInnerTexts();
  }
  return [];
}

const none = { warmup: 0, measure: 0, drain: 0 };

/** A run of two warm-up seconds, a drain of two, and a fault between; `word` stands wherever a stranger's word may. */
function runOf(seconds: number, word = 'storm'): RunRecord {
  const plan = { ...planOf(word), phases: { warmup: 2, measure: seconds - 4, drain: 2 } };
  const lines: (Window | EventLine)[] = Array.from({ length: seconds }, (_, at) => windowOf(at, word));
  lines.push({ at: 5, source: 'probes', event: { kind: 'faultOn', at: 5000, fault: word } });
  lines.push({ at: 7, source: 'probes', event: { kind: 'faultOff', at: 7000, fault: word } });
  const anomaly = {
    kind: 'anomaly',
    anomaly: 'duplicate',
    at: 5250,
    bot: 1,
    message: { sender: 2, room: 0, seq: 3 },
  } as const;
  lines.push({ at: 5.25, source: 'probes', event: anomaly });
  lines.push({ at: seconds, source: 'probes', event: { kind: 'closed', at: seconds * 1000 } });
  lines.push(ended(seconds));
  return fold(plan, lines);
}

function ended(at: number): EventLine {
  return { at, source: 'conductor', event: { kind: 'ended', at: at * 1000 } };
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
    source: 'probes',
    counters,
    histograms: seen ? { 'broadcast.latency': histogram.encode() } : {},
    gauges: seen ? gauges : {},
  };
}

function planOf(name: string): RunPlan {
  return {
    schemaVersion: 1,
    id: 'run',
    startedAt: '2026-01-02T03:04:05.000Z',
    scenario: { name, about: name, thresholds: ['delivery.lost == 0', 'reconnect.time.p99 < 5s'] },
    target: { kind: 'embedded', origin: 'http://127.0.0.1:1', dialect: 'rooms', hasRooms: true },
    environment: { node: 'v24', os: 'Linux', cpus: 2, memoryBytes: 1e9, versions: { chatstorm: '1' } },
    seed: 'seed',
    phases: none,
    load: {
      users: 3,
      probes: 3,
      talkers: 1,
      rooms: 1,
      ratePerTalker: 1,
      arrivals: 'constant',
      lagLimitMs: 5,
      offered: 12,
      peak: { sockets: 6, messagesPerSecond: 1, deliveriesPerSecond: 9, descriptors: 12 },
      available: { descriptors: 20_000, ports: 28_000 },
    },
    matrix: null,
    outages: [],
  };
}
