import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { foldRun } from './support/fold-run.ts';
import { describeInBrowser } from './support/in-browser.ts';
import { ended, open, planOf, runOf } from './support/report-in-browser.ts';

const hostile = '</script><img src=x onerror=hacked=1>\u202Egnp.exe';

describeInBrowser('the report', (browser) => {
  test.each(['light', 'dark'] as const)('opens from disk, asks for nothing and shows the run, %s', async (scheme) => {
    const { page, said, asked } = await open(browser(), [runOf(12)], { colorScheme: scheme });
    expect(await page.title()).toMatch(
      /^invalid: storm · chatstorm's reference chat · Jan 31, 2026, .* · run run · chatstorm$/,
    );
    expect(await page.locator('main .word').textContent()).toMatch(/invalid/);
    expect(await page.locator('.headline').textContent()).toMatch(
      /^The messages do not add up \(12 scheduled, 11 sent/,
    );
    expect(await page.locator('dl.results').innerText()).toMatch(/Delivered\n93\.1 %\n67 of 72 to probes\nLost\n2\n/);
    expect(await rowOf(page, 'Thresholds that failed', 'delivery.lost == 0')).toEqual(['2', '✗ fail']);
    expect(await rowOf(page, 'Thresholds without an answer', 'reconnect.time.p99 < 5s')).toEqual([
      'no samples',
      '? unknown',
    ]);
    expect(await rowOf(page, 'Deliveries', 'lost')).toEqual(['2', '2.8 %']);
    expect(await rowOf(page, 'Deliveries', 'cut')).toEqual(['3', '4.2 %']);
    expect(await rowOf(page, 'Deliveries', 'Accounted for ✓ adds up')).toEqual(['72', '100 %']);
    expect(await rowOf(page, 'Messages of the probes', 'Sent + dropped ✗ 1 missing')).toEqual(['11', '91.7 %']);
    expect(await page.locator('.examples li').allInnerTexts()).toEqual([
      'at 5.25 s: probe 1 heard message 3 of probe 2 in room 0',
    ]);
    expect(await page.evaluate(linesOfCanvases)).toEqual(Array(9).fill(true));
    expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe(
      scheme === 'light' ? 'rgb(241, 243, 247)' : 'rgb(13, 16, 22)',
    );
    expect(await page.evaluate('document.querySelectorAll("canvas[role=img][aria-label]").length')).toBe(9);
    expect(said).toEqual([]);
    expect(asked).toEqual([page.url()]);
  });

  test('the table behind a chart opens by keyboard and has every second', async () => {
    const { page } = await open(browser(), [runOf(12)]);
    await page.getByText('Table of Broadcast latency').focus();
    await page.keyboard.press('Enter');
    const table = page.getByRole('table', { name: 'Broadcast latency, each second' });
    await table.waitFor();
    const rows = await table.locator('tbody tr').allInnerTexts();
    expect(rows).toHaveLength(12);
    expect(rows[6]).toBe('6 s\t–\t–');
    expect(rows[7]).toMatch(/^7 s\t8\.\d+ ms/);
  });

  test('charts follow a change of the colour scheme, and their legends hide lines', async () => {
    const { page, said } = await open(browser(), [runOf(12)]);
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
    const { page, said, asked } = await open(browser(), [{ ...record, notes: [hostile] }]);
    expect(await page.locator('h1 bdi').textContent()).toBe(hostile);
    expect(await page.locator('.notes li').textContent()).toBe(hostile);
    expect(await page.getByRole('table', { name: 'By reason' }).locator('th bdi').textContent()).toBe(
      hostile.replaceAll('=', '_'),
    );
    expect(await page.getByLabel('Resolved scenario').textContent()).toContain(
      '</script><img src=x onerror=hacked=1>\\u202egnp.exe',
    );
    expect(await page.evaluate('typeof hacked')).toBe('undefined');
    expect(await page.locator('img').count()).toBe(0);
    expect(said).toEqual([]);
    expect(asked).toEqual([page.url()]);
  });

  test('a run with nothing in it has a report too', async () => {
    const { page, said } = await open(browser(), [foldRun(planOf('storm'), [ended(0)])]);
    expect(await page.locator('main .word').textContent()).toMatch(/unknown/);
    expect(await page.locator('.reasons').textContent()).toContain('Partial');
    expect(await page.locator('canvas').count()).toBe(0);
    expect(said).toEqual([]);
  });

  test('an hour fits, at any width', async () => {
    const { page, said } = await open(browser(), [runOf(3600)]);
    for (const width of [360, 1400]) {
      await page.setViewportSize({ width, height: 12_000 });
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    }
    expect(await page.evaluate(linesOfCanvases)).toEqual(Array(9).fill(true));
    expect(said).toEqual([]);
  });
});

/** Whether lines are drawn, chart by chart: they alone are hardly transparent and of a colour. */
const linesOfCanvases = `[...document.querySelectorAll('canvas[role=img]')].map((canvas) => {
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  for (let i = 0; i < data.length; i += 4) {
    const [red, green, blue, alpha] = data.subarray(i, i + 4);
    if (alpha > 100 && Math.max(red, green, blue) - Math.min(red, green, blue) > 80) return true;
  }
  return false;
})`;

const pictureOfFirst = "document.querySelector('canvas').toDataURL()";

/** The cells of a table's row, found by what stands first in the row's heading. */
async function rowOf(page: Page, caption: string, head: string): Promise<string[]> {
  const rows = page.getByRole('table', { name: caption }).locator('tbody tr');
  for (const row of await rows.all()) {
    const [text] = await row.locator('th').allInnerTexts();
    if (text?.split('\n')[0] === head) return row.locator('td').allInnerTexts();
  }
  return [];
}
