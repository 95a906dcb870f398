import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import type { Finding } from '../measure/run-record/run-record.ts';
import { describeInBrowser } from './support/in-browser.ts';
import { open, runOf } from './support/report-in-browser.ts';

const finding: Finding = {
  id: 'slow',
  severity: 'warning',
  title: 'Something is slow',
  evidence: 'It took `3 s` in the reset.',
  remedy: 'Raise `pingTimeout`.',
  setting: 'new Server(http, { pingTimeout: 30_000 })',
  shownBy: { section: 'latency', from: 4, to: 9 },
};

describeInBrowser('what a report gives away', (browser) => {
  test('the summary, the link to a view, the command and a setting are copied', async () => {
    const { page, said } = await open(browser(), [{ ...runOf(12), findings: [finding] }], { hash: '#t=3-9' });
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    const copied = async (name: string) => {
      await page.evaluate("navigator.clipboard.writeText('')");
      await page.getByRole('button', { name, exact: true }).first().click();
      await expect.poll(() => page.evaluate('navigator.clipboard.readText()')).not.toBe('');
      return page.evaluate('navigator.clipboard.readText()');
    };
    expect(await copied('Copy')).toBe(finding.setting);
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    await page.locator('summary', { hasText: 'Share' }).click();
    expect(await copied('Copy the summary as Markdown')).toMatch(/^## chatstorm\n[\s\S]*\| ⚠️ invalid \| storm \|/);
    expect(await copied('Copy the link to this view')).toBe(page.url());
    expect(page.url()).toMatch(/#t=3-9$/);
    await page.keyboard.press('Escape');
    expect(await copied('Copy the command')).toBe('chatstorm load broadcast --seed s');
    expect(said).toEqual([]);
  });

  test('a table is saved as CSV, a chart as PNG and as SVG', async () => {
    const { page, said } = await open(browser(), [runOf(12)]);
    const csv = await saved(page, 'CSV of Deliveries: pairs of a message and a recipient');
    expect(csv.name).toBe('deliveries-pairs-of-a-message-and-a-recipient.csv');
    expect(csv.content.toString()).toMatch(/^"Outcome","Count","Share"\r\n"expected","72","100 %"\r\n/);
    const png = await saved(page, 'PNG of Broadcast latency');
    expect(png.name).toBe('broadcast-latency.png');
    const size = [png.content.readUInt32BE(16), png.content.readUInt32BE(20)];
    const { width, height } = (await page.locator('.chart').first().boundingBox())!;
    expect(size).toEqual([Math.round(width), Math.round(height) + 48]);
    const svg = (await saved(page, 'SVG of Broadcast latency')).content.toString();
    expect(svg).toContain('>Broadcast latency</text>');
    expect(svg).toContain('>warm-up</text>');
    // Axes, a heatmap of eleven seconds, and two lines.
    expect(svg.match(/<rect /g)!.length).toBeGreaterThan(11);
    expect(svg.match(/<path /g)!.length).toBeGreaterThan(10);
    expect(
      await page.evaluate(
        `new DOMParser().parseFromString(${JSON.stringify(svg)}, 'image/svg+xml').querySelector('parsererror')`,
      ),
    ).toBe(null);
    expect(said).toEqual([]);
  });

  test('a finding is a card: code as code, a way to the chart, and the time that shows it', async () => {
    const many = Array.from({ length: 5 }, (_, i) => ({ ...finding, id: `${i}`, title: `Finding ${i}` }));
    const { page } = await open(browser(), [{ ...runOf(12), findings: many }], { height: 800 });
    const card = page.locator('.cards li').first();
    expect(await page.locator('.cards li:visible').count()).toBe(3);
    expect(await card.locator('code').allTextContents()).toEqual(['3 s', 'pingTimeout']);
    expect(await page.evaluate("document.body.innerText.includes('`')")).toBe(false);
    await card.getByRole('button', { name: 'See 4 s to 9 s' }).click();
    expect(new URL(page.url()).hash).toBe('#t=4-9');
    await page.getByText('2 more findings').click();
    // What is folded is made when it is opened, a moment after the click.
    await expect.poll(() => page.locator('.cards li:visible').count()).toBe(5);
  });
});

describeInBrowser('a reader', (browser) => {
  test('leaves a stretch of the address by Escape, whatever has the focus', async () => {
    const { page } = await open(browser(), [runOf(60)], { hash: '#t=12-30' });
    await page.keyboard.press('Escape');
    expect(new URL(page.url()).hash).toBe('');
    expect(await page.getByRole('region', { name: 'Zoom' }).isVisible()).toBe(false);
  });

  test('sees the values of a second by a tap', async () => {
    const { page } = await open(browser(), [runOf(60)]);
    const touched = await browser().newContext({ hasTouch: true, viewport: { width: 800, height: 3000 } });
    const phone = await touched.newPage();
    await phone.goto(page.url());
    await phone.locator('main h1').waitFor();
    const overlay = "document.querySelector('.chart .overlay').toDataURL()";
    const before = await phone.evaluate(overlay);
    const box = (await phone.locator('.chart canvas').first().boundingBox())!;
    await phone.touchscreen.tap(box.x + box.width / 2, box.y + box.height / 2);
    await expect.poll(() => phone.evaluate(overlay)).not.toBe(before);
    await touched.close();
  });

  test('learns what a metric means on hover and on focus', async () => {
    const { page } = await open(browser(), [runOf(12)]);
    const name = page.getByRole('table', { name: 'Deliveries' }).getByText('lost', { exact: true });
    const hint = page.locator('.hint');
    await name.hover();
    expect(await hint.textContent()).toContain('delivery.lost: Pairs that did not arrive although');
    await page.mouse.move(0, 0);
    expect(await hint.isVisible()).toBe(false);
    await name.focus();
    expect(await hint.isVisible()).toBe(true);
    await page.keyboard.press('Escape');
    expect(await hint.isVisible()).toBe(false);
  });

  test('goes by Tab only to scrollers that scroll, and finds every id once', async () => {
    const { page } = await open(browser(), [runOf(12), runOf(12, 'calm')]);
    const scrollers = `[...document.querySelectorAll('.scroller')].filter((one) => one.checkVisibility())
      .filter((one) => (one.tabIndex === 0) !== (one.scrollWidth > one.clientWidth + 1 || one.scrollHeight > one.clientHeight + 1)).length`;
    await expect.poll(() => page.evaluate(scrollers)).toBe(0);
    await page.setViewportSize({ width: 400, height: 3000 });
    await expect.poll(() => page.evaluate(scrollers)).toBe(0);
    const ids = await page.evaluate<string[]>("[...document.querySelectorAll('[id]')].map(({ id }) => id)");
    expect(ids).toHaveLength(new Set(ids).size);
    const labels =
      "[...document.querySelectorAll('[aria-labelledby]')].filter((one) => !document.getElementById(one.getAttribute('aria-labelledby'))).length";
    expect(await page.evaluate(labels)).toBe(0);
  });
});

async function saved(page: Page, name: string): Promise<{ readonly name: string; readonly content: Buffer }> {
  const downloaded = page.waitForEvent('download');
  await page.getByRole('button', { name, exact: true }).click();
  const download = await downloaded;
  return { name: download.suggestedFilename(), content: await readFile(await download.path()) };
}
