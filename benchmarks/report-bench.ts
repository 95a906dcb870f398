import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import type { RunRecord } from '../measure/run-record/run-record.ts';
import { renderReport } from '../reports/render/render-report.ts';
import { launchBrowser } from '../test/support/browser.ts';

const ROUNDS = 5;
/** How long nothing may have kept the page busy before it is called at rest. */
const QUIET_MS = 500;

/** A report of a run: its size, how long it takes to write, and how soon Chromium follows; times in ms, medians. */
export async function measureReport(record: RunRecord) {
  const startedAt = performance.now();
  const html = await renderReport([record]);
  const writtenMs = performance.now() - startedAt;
  const folder = await mkdtemp(join(tmpdir(), 'chatstorm-bench-'));
  const browser = await launchBrowser();
  try {
    const file = join(folder, 'report.html');
    await writeFile(file, html);
    const views: View[] = [];
    for (let round = 0; round < ROUNDS; round++) views.push(await view(browser, pathToFileURL(file).href));
    const median = (of: (one: View) => number) => views.map(of).toSorted((a, b) => a - b)[Math.floor(ROUNDS / 2)]!;
    return {
      bytes: Buffer.byteLength(html),
      writtenMs,
      interactiveMs: median((one) => one.interactiveMs),
      zoomMs: median((one) => one.zoomMs),
      wholeMs: median((one) => one.wholeMs),
      cursorMs: median((one) => one.cursorMs),
    };
  } finally {
    await browser.close();
    await rm(folder, { recursive: true });
  }
}

interface View {
  readonly interactiveMs: number;
  readonly cursorMs: number;
  readonly zoomMs: number;
  readonly wholeMs: number;
}

/** Opens the page and goes to where most charts are in sight: points, zooms, shows all again. */
async function view(browser: Browser, url: string): Promise<View> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  try {
    const page = await context.newPage();
    await page.addInitScript(watchTasks);
    await page.goto(url);
    await page.locator('main h1').waitFor();
    const interactiveMs = await page.evaluate<number>(`atRest(${QUIET_MS})`);
    await page.locator('[aria-labelledby=vitals]').scrollIntoViewIfNeeded();
    await page.evaluate(`atRest(${QUIET_MS})`);
    await page.locator('[aria-labelledby=vitals] .chart').first().focus();
    return {
      interactiveMs,
      cursorMs: await press(page, 'ArrowLeft'),
      zoomMs: await press(page, '+'),
      wholeMs: await press(page, 'Escape'),
    };
  } finally {
    await context.close();
  }
}

/** How long the page takes from a key to the frame that shows what it did, and to all that it does then. */
function press(page: Page, key: string): Promise<number> {
  return page.evaluate<number>(`(async () => {
    const from = performance.now();
    document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: ${JSON.stringify(key)}, bubbles: true }));
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    const shown = performance.now() - from;
    return Math.max(shown, await atRest(${QUIET_MS}, from) - from);
  })()`);
}

/** Notes tasks of over 50 ms; \`atRest\` waits until there was none for a while, and says when the last one ended. */
const watchTasks = `
  let lastEnd = 0;
  let painted = 0;
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) lastEnd = Math.max(lastEnd, startTime + duration);
  }).observe({ type: 'longtask', buffered: true });
  new PerformanceObserver((list) => {
    for (const { startTime } of list.getEntries()) painted = Math.max(painted, startTime);
  }).observe({ type: 'paint', buffered: true });
  window.atRest = async (quietMs, from = 0) => {
    const end = () => Math.max(painted, lastEnd, from);
    const since = performance.now();
    while (performance.now() - Math.max(since, end()) < quietMs) await new Promise((resolve) => setTimeout(resolve, 20));
    return end();
  };
`;
