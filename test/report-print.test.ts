import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { describeInBrowser } from './support/in-browser.ts';
import { open, runOf } from './support/report-in-browser.ts';

/** Whether there is poppler-utils. */
const canReadPdf = (() => {
  try {
    execFileSync('pdftoppm', ['-v'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

describeInBrowser('a report on paper and in pictures', (browser) => {
  test.skipIf(!canReadPdf && process.env.CI !== 'true')(
    'a PDF has every chart with its lines, the run in its margin, and numbers of pages',
    async () => {
      const { page } = await open(browser(), [runOf(12)], { height: 700 });
      const folder = mkdtempSync(join(tmpdir(), 'chatstorm-pdf-'));
      onTestFinished(() => rmSync(folder, { recursive: true }));
      const file = join(folder, 'report.pdf');
      const coloured = async () => {
        writeFileSync(file, await page.pdf({ format: 'A4', printBackground: true, preferCSSPageSize: true }));
        const pixels = execFileSync('pdftoppm', ['-r', '40', file], { maxBuffer: 1 << 28 });
        return colouredPixels(pixels);
      };
      const whole = await coloured();
      const text = execFileSync('pdftotext', ['-layout', file, '-'], { encoding: 'utf8' });
      const all = await page.locator('.chart').all();
      expect(all).toHaveLength(9);
      // One over time, the percentiles, a small one, and the last.
      const charts = [all[0]!, all[1]!, all[4]!, all[8]!];
      // Each chart is missed where it is not drawn: it was there before.
      for (const chart of charts) {
        await chart.evaluate(hide as never, true);
        const without = await coloured();
        expect(whole - without, await chart.getAttribute('aria-label').then(String)).toBeGreaterThan(20);
        await chart.evaluate(hide as never, false);
      }
      const pages = text.split('\f').filter((one) => one.trim() !== '');
      expect(pages.length).toBeGreaterThan(2);
      for (const [i, one] of pages.entries()) {
        const foot = `storm · chatstorm's reference chat · Jan 31, 2026.* · run run\\s+${i + 1} ?/ ?${pages.length}`;
        expect(one).toMatch(new RegExp(foot));
      }
      expect(pages[0]).toContain('Delivered');
    },
  );

  test('a picture of the whole page has every chart, near or not', async () => {
    const { page } = await open(browser(), [runOf(60)], { height: 700 });
    const blanks = `[...document.querySelectorAll('.chart canvas[role=img]')].filter((canvas) => {
      const blank = document.createElement('canvas');
      Object.assign(blank, { width: canvas.width, height: canvas.height });
      return canvas.toDataURL() === blank.toDataURL();
    }).length`;
    await expect.poll(() => page.evaluate(blanks)).toBe(0);
    const places = await page.evaluate<{ x: number; y: number; width: number; height: number }[]>(
      "[...document.querySelectorAll('.chart')].map((one) => { const { x, y, width, height } = one.getBoundingClientRect(); return { x, y: y + scrollY, width, height }; })",
    );
    const picture = (await page.screenshot({ fullPage: true })).toString('base64');
    const colours = await page.evaluate<number[]>(`(async () => {
      const image = new Image();
      image.src = 'data:image/png;base64,${picture}';
      await image.decode();
      const canvas = document.createElement('canvas');
      Object.assign(canvas, { width: image.width, height: image.height });
      const ctx = canvas.getContext('2d', { willReadFrequently: true });
      ctx.drawImage(image, 0, 0);
      return ${JSON.stringify(places)}.map(({ x, y, width, height }) => {
        const { data } = ctx.getImageData(x, y, width, height);
        const found = new Set();
        for (let i = 0; i < data.length; i += 4)
          if (Math.max(data[i], data[i + 1], data[i + 2]) - Math.min(data[i], data[i + 1], data[i + 2]) > 60) found.add(data[i] << 16 | data[i + 1] << 8 | data[i + 2]);
        return found.size;
      });
    })()`);
    expect(colours).toHaveLength(9);
    expect(colours.filter((found) => found === 0)).toEqual([]);
  });
});

/** In the browser. */
function hide(element: { style: { visibility: string } }, isHidden: boolean): void {
  element.style.visibility = isHidden ? 'hidden' : '';
}

/** How many pixels of PPMs, one behind the other, are no greys. */
function colouredPixels(pages: Buffer): number {
  let found = 0;
  for (let at = 0; at < pages.length; ) {
    const [header, width, height] = /^P6\s+(\d+)\s+(\d+)\s+255\s/.exec(pages.subarray(at, at + 40).toString('latin1'))!;
    const end = at + header!.length + 3 * Number(width) * Number(height);
    for (let i = at + header!.length; i < end; i += 3) {
      const [red, green, blue] = [pages[i]!, pages[i + 1]!, pages[i + 2]!];
      if (Math.max(red, green, blue) - Math.min(red, green, blue) > 40) found++;
    }
    at = end;
  }
  return found;
}
