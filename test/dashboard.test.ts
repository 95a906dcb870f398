import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import type { Distribution } from '../measure/run-record/run-record.ts';
import { describeInBrowser } from './support/in-browser.ts';
import { open, runOf } from './support/report-in-browser.ts';

const hostile = '<img src=x onerror=hacked=1>';

describeInBrowser('the dashboard', (browser) => {
  test('a stretch that is dragged out of one chart is shown by all, stands in the address, and goes by double click', async () => {
    const { page, said } = await open(browser(), [runOf(60)]);
    const whole = await pictures(page);
    await page.locator('canvas').first().scrollIntoViewIfNeeded();
    const box = (await page.locator('canvas').first().boundingBox())!;
    await drag(page, box, 0.4, 0.6);
    expect(new URL(page.url()).hash).toMatch(/^#t=2\d-3\d$/);
    await expect(page.getByRole('region', { name: 'Zoom' }).textContent()).resolves.toMatch(
      /^Charts show 2\d s to 3\d s/,
    );
    expect(changed(whole, await pictures(page))).toEqual(overTime(whole));
    await page.mouse.dblclick(box.x + box.width / 2, box.y + box.height / 2);
    expect(new URL(page.url()).hash).toBe('');
    await page.mouse.move(0, 0);
    expect(await pictures(page)).toEqual(whole);
    expect(said).toEqual([]);
  });

  test('the address brings its stretch back, and one that is out of the run shows all of it', async () => {
    const { page: zoomed } = await open(browser(), [runOf(60)], { hash: '#t=12-30' });
    expect(await zoomed.getByRole('region', { name: 'Zoom' }).textContent()).toContain('12 s to 30 s');
    const { page: whole } = await open(browser(), [runOf(60)]);
    const { page: beyond } = await open(browser(), [runOf(60)], { hash: '#t=500-600' });
    expect(await pictures(zoomed)).not.toEqual(await pictures(whole));
    expect(await pictures(beyond)).toEqual(await pictures(whole));
  });

  test('the second under the pointer is shown in every chart over time', async () => {
    const { page } = await open(browser(), [runOf(60)]);
    const before = await pictures(page);
    await page
      .locator('canvas')
      .first()
      .hover({ position: { x: 300, y: 150 } });
    expect(changed(before, await pictures(page))).toEqual(overTime(before));
    await page.mouse.move(0, 0);
    expect(await pictures(page)).toEqual(before);
  });

  test('a chart out of sight is drawn when there is time, and shows what the others do', async () => {
    const { page, said } = await open(browser(), [runOf(60)], { height: 700 });
    const { page: high } = await open(browser(), [runOf(60)], { hash: '#t=10-20' });
    const picture = async (of: Page) => (await pictures(of)).at(-1)?.split(',')[1];
    await expect.poll(() => page.evaluate(areBlank)).not.toContain(true);
    await page.evaluate("[...document.querySelectorAll('.legend button')].at(-1).click()");
    await page.evaluate("location.hash = '#t=10-20'");
    await page.getByText('Charts show 10 s to 20 s').waitFor();
    const hidden = await picture(page);
    await page.evaluate("[...document.querySelectorAll('.legend button')].at(-1).click()");
    expect(await picture(page)).not.toBe(hidden);
    await expect.poll(() => picture(page)).toBe(await picture(high));
    expect(said).toEqual([]);
  });

  test('what is drawn has its numbers behind it: percentiles as far as messages go, transports, spread', async () => {
    const run = runOf(60);
    const { page } = await open(browser(), [run]);
    const { p50 } = run.metrics['broadcast.latency'] as Distribution;
    const rowsOf = async (title: string, every: string) => {
      await page.getByText(`Table of ${title}`).click();
      const table = page.getByRole('table', { name: `${title}, ${every}` });
      await table.waitFor();
      return table.locator('tbody tr').allInnerTexts();
    };
    const percentiles = await rowsOf('Latency by percentile, both axes logarithmic', 'every step');
    expect(percentiles[0]).toMatch(/^p0\t\d/);
    expect(percentiles).toContain(`p50\t${p50!.toFixed(1)} ms`);
    // Sixty messages say nothing about one in a thousand.
    expect(percentiles.some((row) => row.startsWith('p99.9\t'))).toBe(false);
    const transports = await rowsOf('Probes by transport', 'each second');
    expect([transports[5], transports[6]]).toEqual(['5 s\t3', '6 s\t–']);
    const fanOut = page.getByRole('table', { name: 'Fan-out' }).locator('tbody tr');
    expect(await fanOut.allInnerTexts()).toEqual([
      expect.stringMatching(/^From the first to the last\t\d+\t\d+\.\d ms/),
    ]);
  });

  test.each([
    [
      'green',
      [],
      1,
      'Generator kept up: all messages were sent within 1.00 ms of when they were due; too few for a p99',
    ],
    ['grey', [], 0, 'Generator: nothing was sent.'],
    [
      'red',
      [{ gate: 'lag', p99Ms: 9, limitMs: 5 } as const],
      1,
      'Generator did not keep up: the load generator fell behind',
    ],
    ['green', [{ gate: 'unconfirmed', unknown: 2, expected: 9 } as const], 1, 'Generator kept up: '],
  ])('a %s light says whether the generator kept up', async (light, breaches, sent, words) => {
    const run = runOf(12);
    const [max, nobody] = [1, { mean: 1, min: 1, p50: null, p90: null, p95: null, p99: null, p999: null }];
    const lag = { unit: 'ms', count: sent, ...nobody, max, hdr: '' } as const;
    const metrics = { ...run.metrics, 'generator.lag': lag };
    const { page } = await open(browser(), [{ ...run, metrics, verdict: { ...run.verdict, breaches } }]);
    expect(await page.locator('.generator').getAttribute('data-light')).toBe(light);
    expect(await page.locator('.generator').textContent()).toContain(words);
  });

  test('a chart is read and zoomed by keyboard', async () => {
    const { page } = await open(browser(), [runOf(60)]);
    const chart = page.getByRole('group', { name: 'Broadcast latency' });
    await chart.focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    const voice = page.locator('.run > [role=status]');
    expect(await voice.textContent()).toMatch(/^1 s: p50 2\.00 ms, p99/);
    await page.keyboard.press('+');
    expect(new URL(page.url()).hash).toBe('#t=1-31');
    await page.keyboard.press('End');
    expect(await voice.textContent()).toMatch(/^30 s: /);
    await page.keyboard.press('-');
    expect(new URL(page.url()).hash).toBe('');
    await page.keyboard.press('+');
    await page.keyboard.press('Escape');
    expect(new URL(page.url()).hash).toBe('');
  });

  test('every control is reached by keyboard, and has a name', async () => {
    const { page } = await open(browser(), [runOf(12), runOf(12, 'calm')]);
    const names: string[] = [];
    for (let i = 0; i < 200; i++) {
      await page.keyboard.press('Tab');
      const name = (await page.evaluate(nameOfFocused)) as string | null;
      if (name === null) break;
      names.push(name);
    }
    const every = await page.evaluate(countOfControls);
    expect(names).not.toContain('');
    expect(names).toHaveLength(every as number);
  });

  test('several runs have a tab each, by arrow keys, and all their verdicts above', async () => {
    const { page, said, asked } = await open(browser(), [runOf(12), runOf(20, 'calm'), runOf(20, 'calm')]);
    expect(await page.title()).toBe('3 runs: storm, calm · chatstorm');
    expect(await page.locator('main .verdicts .word').allTextContents()).toEqual(Array(3).fill('invalid'));
    expect(await page.getByRole('tab').allTextContents()).toEqual(['storm', 'calm 1', 'calm 2']);
    await page.getByRole('tab', { name: 'storm' }).focus();
    await page.keyboard.press('ArrowRight');
    expect(await page.getByRole('tab', { selected: true }).textContent()).toBe('calm 1');
    expect(await page.getByRole('tabpanel').locator('h1 bdi').textContent()).toBe('calm');
    expect(new URL(page.url()).hash).toBe('#tab=2');
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    expect(await page.getByRole('tab', { selected: true }).textContent()).toBe('calm 2');
    expect(said).toEqual([]);
    expect(asked).toHaveLength(1);
    const { page: again } = await open(browser(), [runOf(12), runOf(20, 'calm')], { hash: '#tab=2&t=3-9' });
    expect(await again.getByRole('tab', { selected: true }).textContent()).toBe('calm');
    expect(await again.getByRole('region', { name: 'Zoom' }).textContent()).toContain('3 s to 9 s');
  });

  test('colours are chosen, and the choice outlasts the page', async () => {
    const { page, said } = await open(browser(), [runOf(12)]);
    const ground = () => page.evaluate('getComputedStyle(document.body).backgroundColor');
    const light = await pictures(page);
    await page.getByText('Options').click();
    await page.getByRole('radio', { name: 'dark' }).check();
    await expect.poll(ground).toBe('rgb(13, 16, 22)');
    expect(changed(light, await pictures(page))).not.toContain(false);
    // The browser keeps the choice a moment after the page has.
    const afterReload = async () => {
      await page.reload();
      await page.locator('main h1').waitFor();
      return ground();
    };
    await expect.poll(afterReload).toBe('rgb(13, 16, 22)');
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.getByText('Options').click();
    await page.getByRole('radio', { name: 'light' }).check();
    expect(await ground()).toBe('rgb(241, 243, 247)');
    expect(said).toEqual([]);
  });

  test('another run.json that is dropped or chosen is compared with; anything else is told', async () => {
    const { page, said, asked } = await open(browser(), [runOf(12)]);
    const other = { ...runOf(20), id: hostile };
    await drop(page, 'run.json', JSON.stringify(other));
    const section = page.getByRole('region', { name: 'Comparison with another run' });
    await section.waitFor();
    expect(await section.textContent()).toContain(hostile);
    expect(await section.locator('tbody tr').count()).toBeGreaterThan(3);
    expect(await page.getByRole('button', { name: `p50 of ${hostile}` }).count()).toBe(1);
    expect(await page.getByRole('button', { name: `from when it was due, ${hostile}` }).count()).toBe(1);
    expect(await page.evaluate('typeof hacked')).toBe('undefined');
    for (const text of ['hello', '{}', '[1]', '{"schemaVersion":1,"id":"a"}', 'null']) {
      await drop(page, 'notes.txt', text);
      await page.getByText('notes.txt is not a run.json').waitFor();
      await drop(page, 'run.json', JSON.stringify(other));
      await page.getByText('Compared with run').waitFor();
    }
    const buffer = Buffer.from(JSON.stringify({ ...other, id: 'chosen' }));
    const input = page.getByLabel('Compare with a run.json');
    await input.setInputFiles({ name: 'run.json', mimeType: 'application/json', buffer });
    await page.getByText('Compared with run chosen').waitFor();
    expect(said).toEqual([]);
    expect(asked).toHaveLength(1);
  });

  test('gives the run away as run.json, and the command that repeats it', async () => {
    const { page, said } = await open(browser(), [runOf(12)]);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download run.json' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('run.json');
    const { id, timeline } = JSON.parse(await readFile(await download.path(), 'utf8'));
    expect([id, timeline.seconds]).toEqual(['run', 12]);
    expect(await page.getByLabel('The command that repeats the run').textContent()).toBe(
      'chatstorm load broadcast --seed s',
    );
    expect(said).toEqual([]);
  });

  test('on paper are all runs with all their charts, light, and no controls', async () => {
    const { page } = await open(browser(), [runOf(12), runOf(12, 'calm')], { colorScheme: 'dark', height: 700 });
    await page.setViewportSize({ width: PAPER_WIDTH, height: 700 });
    await page.emulateMedia({ media: 'print' });
    await page.evaluate("dispatchEvent(new Event('beforeprint'))");
    expect(await page.locator('.bar').isVisible()).toBe(false);
    expect(await page.locator('h1:visible bdi').allTextContents()).toEqual(['storm', 'calm']);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(PAPER_WIDTH);
    const widths = await page.evaluate<number[]>(
      "[...document.querySelectorAll('.chart canvas[role=img]')].map((one) => one.getBoundingClientRect().width)",
    );
    expect(widths).toHaveLength(18);
    expect(widths.filter((width) => width < 500 || width > PAPER_WIDTH)).toEqual([]);
    expect(await page.evaluate(areDrawn)).toEqual(Array(18).fill(true));
    expect(await page.evaluate('document.documentElement.dataset.scheme')).toBe('light');
    await page.evaluate("dispatchEvent(new Event('afterprint'))");
    expect(await page.evaluate('document.documentElement.dataset.scheme')).toBe('dark');
    await page.pdf();
  });
});

/** What A4 has between its margins at 96 dpi. */
const PAPER_WIDTH = 718;

/** Whether anything is drawn, chart by chart. */
const areDrawn = `[...document.querySelectorAll('.chart canvas[role=img]')].map((canvas) =>
  canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.some((value) => value > 0))`;

/** Whether nothing is drawn, chart by chart; asked again and again, which reading pixels is not made for. */
const areBlank = `[...document.querySelectorAll('.chart canvas[role=img]')].map((canvas) => {
  const blank = document.createElement('canvas');
  Object.assign(blank, { width: canvas.width, height: canvas.height });
  return canvas.toDataURL() === blank.toDataURL();
})`;

/** What every chart shows, the cursor over it included. */
function pictures(page: Page): Promise<string[]> {
  return page.evaluate(`[...document.querySelectorAll('.chart')].map((chart) =>
    [...chart.querySelectorAll('canvas')].map((canvas) => canvas.toDataURL()).join())`);
}

function changed(before: readonly string[], after: readonly string[]): boolean[] {
  return before.map((picture, i) => picture !== after[i]);
}

/** Which of the pictures are of charts over time: all but the percentiles, the second. */
function overTime(of: readonly string[]): boolean[] {
  return of.map((_, i) => i !== 1);
}

async function drag(
  page: Page,
  box: { x: number; y: number; width: number; height: number },
  from: number,
  to: number,
) {
  const y = box.y + box.height / 2;
  await page.mouse.move(box.x + box.width * from, y);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * to, y, { steps: 4 });
  await page.mouse.up();
}

/** Drops a file on the page, as a file manager would. */
async function drop(page: Page, name: string, text: string): Promise<void> {
  const data = await page.evaluateHandle(`(() => {
    const data = new DataTransfer();
    data.items.add(new File([${JSON.stringify(text)}], ${JSON.stringify(name)}));
    return data;
  })()`);
  await page.dispatchEvent('main', 'drop', { dataTransfer: data });
}

/** The name of what has the focus; null where the browser itself has it. */
const nameOfFocused = `(() => {
  const one = document.activeElement;
  if (one === document.body) return null;
  return one.ariaLabel || one.textContent.trim() || one.closest('label')?.textContent.trim() || '';
})()`;

/** What takes the focus by Tab: of radio buttons and tabs only the chosen one. */
const countOfControls = `[...document.querySelectorAll('button, input, summary, a[href], [tabindex="0"]')].filter((one) =>
  one.checkVisibility() && one.tabIndex >= 0 && !(one.type === 'radio' && !one.checked)).length`;
