import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { FolderStore } from '../load/folder/folder-store.ts';
import type { RunRecord } from '../measure/run-record/run-record.ts';
import { serveReports } from '../reports/serve/reports-server.ts';
import { cleanUp, temporaryFolder } from './support/chatstorm.ts';
import { describeInBrowser, overhear } from './support/in-browser.ts';
import { plan } from './support/plan.ts';
import { endings, recordOf, times } from './support/records.ts';
import { violationsOf } from './support/violations.ts';

afterAll(cleanUp);

const git = { commit: '0123456789abcdef', branch: 'fix/fanout-batching', isDirty: true };

/** Five runs before and five after a change that made p99 four times as good, in turn; one of each other ending; what is no run. */
function folderOfRuns(): string {
  const folder = temporaryFolder();
  for (let i = 1; i <= 5; i++) {
    addRun(folder, `before/${i}`, { ...withP99(40 + i), startedAt: at(i), labels: ['before'], id: `base000${i}` });
    addRun(folder, `after/${i}`, {
      ...withP99(10 + i),
      startedAt: at(i, 30),
      labels: ['after'],
      id: `next000${i}`,
      git,
    });
  }
  const elsewhere = { ...plan.target, kind: 'external', origin: 'https://chat-staging.example.com:8443' } as const;
  for (const [i, [name, record]] of Object.entries(endings).entries())
    addRun(folder, `ended-${name}`, { ...record, id: name, startedAt: at(20 + i), target: elsewhere });
  addRunning(folder, 'going', { id: 'going' });
  mkdirSync(join(folder, 'all'));
  writeFileSync(join(folder, 'all', 'session.json'), JSON.stringify({ runs: ['base0001', 'base0002'] }));
  mkdirSync(join(folder, 'holiday'));
  return folder;
}

function withP99(p99: number): Partial<RunRecord> {
  const { metrics } = recordOf();
  return { metrics: { ...metrics, 'broadcast.latency': { ...times, p99 }, 'connect.time': times } };
}

function at(minute: number, second = 0): string {
  return new Date(Date.UTC(2026, 0, 31, 12, minute, second)).toISOString();
}

function addRun(folder: string, name: string, change: Partial<RunRecord>): void {
  mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, name, 'run.json'), JSON.stringify(recordOf(change)));
}

function addRunning(folder: string, name: string, change: Partial<typeof plan>): void {
  mkdirSync(join(folder, name));
  writeFileSync(join(folder, name, 'plan.json'), JSON.stringify({ ...plan, ...change }));
  writeFileSync(join(folder, name, 'start.json'), '{"startAt":1}');
}

/** The list of the runs in a folder, and what the browser says on its console meanwhile. */
async function openList(browser: Browser, folder: string, options: BrowserContextOptions = {}, path = '/') {
  const server = await serveReports(FolderStore.in(folder));
  const context = await browser.newContext(options);
  onTestFinished(async () => {
    await context.close();
    await server.close();
  });
  const page = await context.newPage();
  const { said } = overhear(page);
  await page.goto(new URL(path, server.url).href);
  return { page, said };
}

/** The ids of the runs that have a row, in their order. */
function idsIn(page: Page): Promise<string[]> {
  return page.locator('tbody .run .id').allTextContents();
}

/** Words that stand on more than one line, and elements that reach out of the window. */
function misfits(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(`(() => {
    const found = [];
    const isClipped = (element) => element !== null && (getComputedStyle(element).clipPath !== 'none' || isClipped(element.parentElement));
    const isUnseen = (element) => !element.checkVisibility() || isClipped(element);
    const walker = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (isUnseen(node.parentElement) || node.parentElement.closest('option, title')) continue;
      for (const { 0: word, index } of node.data.matchAll(/[^\\s/.-]+/g)) {
        const range = document.createRange();
        range.setStart(node, index);
        range.setEnd(node, index + word.length);
        const lines = new Set([...range.getClientRects()].map(({ top }) => Math.round(top)));
        if (lines.size > 1) found.push(word);
      }
    }
    for (const element of document.querySelectorAll('main *')) {
      const { left, right } = element.getBoundingClientRect();
      if (!isUnseen(element) && (left < -1 || right > innerWidth + 1)) found.push(element.outerHTML.slice(0, 80));
    }
    if (document.documentElement.scrollWidth > innerWidth) found.push('the page scrolls sideways');
    return found;
  })()`);
}

describeInBrowser('the list of runs', (browser) => {
  test.each([390, 768, 1021, 1024, 1181, 1280, 1341, 1441])(
    'fits a window of %i px, with no word broken',
    async (width) => {
      const folder = folderOfRuns();
      const { page } = await openList(browser(), folder, { viewport: { width, height: 900 } });
      expect(await misfits(page)).toEqual([]);
      await page.goto(new URL('/compare?base=before%2F1&base=before%2F2&new=after%2F1', page.url()).href);
      await page.locator('summary').click();
      expect(await misfits(page)).toEqual([]);
    },
  );

  test('holds words without end in a narrow window', async () => {
    const folder = folderOfRuns();
    const word = 'x'.repeat(90);
    addRun(folder, 'long', {
      id: word,
      startedAt: at(50),
      scenario: { name: word, about: word, thresholds: [] },
      labels: [word, word],
      target: { ...plan.target, kind: 'external', origin: `http://${word}.invalid` },
      git: { commit: word, branch: word, isDirty: false },
    });
    addRun(folder, 'when', { startedAt: word });
    mkdirSync(join(folder, word));
    const { page } = await openList(browser(), folder, { viewport: { width: 390, height: 900 } });
    expect((await misfits(page)).filter((one) => !one.startsWith('x'))).toEqual([]);
    await page.setViewportSize({ width: 1024, height: 900 });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(1024);
  });

  test.each(['light', 'dark'] as const)('axe finds nothing wrong, %s, as a table and as cards', async (colorScheme) => {
    const { page } = await openList(browser(), folderOfRuns(), { colorScheme });
    await page.getByRole('checkbox', { name: 'base: broadcast base0001' }).check();
    expect(await violationsOf(page)).toEqual([]);
    await page.setViewportSize({ width: 390, height: 900 });
    expect(await violationsOf(page)).toEqual([]);
    await page.goto(new URL('/compare?run=before%2F1&run=after%2F1', page.url()).href);
    await page.locator('summary').click();
    expect(await violationsOf(page)).toEqual([]);
    await page.setViewportSize({ width: 1280, height: 900 });
    expect(await violationsOf(page)).toEqual([]);
  });

  test('is searched while one types, and sorted by a click, which the address keeps', async () => {
    const { page, said } = await openList(browser(), folderOfRuns());
    await page.getByRole('searchbox').pressSequentially('fanout');
    await page.getByText('5 of 16 runs').waitFor();
    expect(new URL(page.url()).search).toBe('?q=fanout');
    expect(await idsIn(page)).toEqual(['next0005', 'next0004', 'next0003', 'next0002', 'next0001']);
    await page.getByRole('link', { name: 'p99', exact: true }).click();
    await page.locator('th[aria-sort=descending]', { hasText: 'p99' }).waitFor();
    await page.getByRole('link', { name: 'p99', exact: true }).click();
    await page.locator('th[aria-sort=ascending]', { hasText: 'p99' }).waitFor();
    expect(await idsIn(page)).toEqual(['next0001', 'next0002', 'next0003', 'next0004', 'next0005']);
    expect(new URL(page.url()).search).toBe('?q=fanout&sort=p99');
    expect(await page.evaluate('document.activeElement.id')).toBe('sort-p99');
    await page.reload();
    expect((await idsIn(page))[0]).toBe('next0001');
    await page.getByRole('searchbox').fill('');
    await page.locator('#verdict').selectOption('in progress');
    await page.getByText('1 of 16 runs').waitFor();
    expect(said).toEqual([]);
  });

  test('does the same without scripts', async () => {
    const { page } = await openList(browser(), folderOfRuns(), { javaScriptEnabled: false });
    await page.getByRole('searchbox').fill('fanout');
    await page.getByRole('button', { name: 'Show' }).click();
    await page.getByRole('link', { name: 'p99', exact: true }).click();
    expect((await idsIn(page))[0]).toBe('next0005');
    // Of two in one column the older is the base.
    await page.getByRole('checkbox', { name: 'new: broadcast next0004' }).check();
    await page.getByRole('checkbox', { name: 'new: broadcast next0002' }).check();
    await page.getByRole('button', { name: 'Compare' }).click();
    const sides = page.locator('.sides > section');
    expect(await sides.nth(0).locator('.id').allTextContents()).toEqual(['next0002']);
    expect(await sides.nth(1).locator('.id').allTextContents()).toEqual(['next0004']);
  });

  test('compares five runs with five, chosen from one search after the other', async () => {
    const { page, said } = await openList(browser(), folderOfRuns());
    for (const [label, side] of [
      ['before', 'base'],
      ['after', 'new'],
    ] as const) {
      await page.getByRole('searchbox').fill(label);
      await page.getByText('5 of 16 runs').waitFor();
      await page.locator('tbody .tag', { hasText: label }).first().waitFor();
      for (const box of await page.getByRole('checkbox', { name: `${side}:` }).all()) await box.check();
    }
    await page.getByText('5 as base, 5 as new').waitFor();
    await page.getByRole('button', { name: 'Compare' }).click();
    await page.getByRole('heading', { name: 'Comparison' }).waitFor();
    expect(new URL(page.url()).searchParams.getAll('base')).toHaveLength(5);
    expect(await page.getByText('5 runs against 5 runs: medians').count()).toBe(1);
    const row = page.getByRole('row', { name: /^broadcast\.latency\.p99 / });
    expect(await row.getByRole('cell').allTextContents()).toEqual(
      expect.arrayContaining(['43.0 ms', '13.0 ms', 'better']),
    );
    expect(await page.getByRole('table', { name: 'Other metrics' }).isVisible()).toBe(false);
    expect(said).toEqual([]);
  });

  test('shows a run that has come while it is open; search, choice and focus stay', async () => {
    const folder = folderOfRuns();
    const { page, said } = await openList(browser(), folder, {}, '/?q=before');
    const box = page.getByRole('checkbox', { name: 'base: broadcast base0003' });
    await box.check();
    addRun(folder, 'before/6', { id: 'base0006', startedAt: at(59), labels: ['before'] });
    await page.getByRole('link', { name: 'broadcast base0006' }).first().waitFor();
    expect(await page.getByText('6 of 17 runs').count()).toBe(1);
    expect(await box.isChecked()).toBe(true);
    expect(await box.evaluate((element) => element.ownerDocument.activeElement === element)).toBe(true);
    expect(await page.getByRole('searchbox').inputValue()).toBe('before');
    expect(said).toEqual([]);
  });

  test('follows a run in progress to its end', async () => {
    const folder = temporaryFolder();
    addRunning(folder, 'run', { id: 'run' });
    const { page } = await openList(browser(), folder);
    const row = page.getByRole('row', { name: /broadcast run / });
    await row.getByText(/^\d of 4 s$/).waitFor();
    addRun(folder, 'run', { id: 'run' });
    await row.getByText('passed').waitFor();
  });

  test('leads to the report of each run, to that of a session, and to the runs of a trend', async () => {
    const { page } = await openList(browser(), folderOfRuns());
    const hrefs = (name: string) =>
      page.getByRole('link', { name }).evaluateAll((links) => links.map((link) => link.getAttribute('href')));
    expect(await hrefs('all 2 runs of its session')).toEqual(['/sessions/all/', '/sessions/all/']);
    expect(await hrefs('All runs of this session')).toEqual(['/sessions/all/']);
    const trend = page.getByRole('group', { name: /^p99 of broadcast, run by run: 10 runs · / });
    expect(await trend.getByRole('link').count()).toBe(10);
    const starts = await page
      .locator('tbody time')
      .evaluateAll((all) => all.map((time) => time.getAttribute('datetime')));
    expect(starts).toContain(at(1));
  });
});
