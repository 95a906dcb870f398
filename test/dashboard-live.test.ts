import { readFile } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser } from 'playwright-core';
import { expect, onTestFinished, test } from 'vitest';
import { parseRunRecord, type RunRecord } from '../measure/run-record/run-record.ts';
import { renderLivePage } from '../reports/render/render-report.ts';
import { slimRecord } from '../reports/render/slim-record.ts';
import { describeInBrowser, overhear } from './support/in-browser.ts';
import { outage } from './support/outages.ts';
import { runOf } from './support/report-in-browser.ts';

describeInBrowser('the page of a run in progress', (browser) => {
  test('grows with the run, keeps what the reader did, and ends as its report', async () => {
    const { page, said, asked, origin, tell } = await watch(browser());
    await page.getByText('Waiting for the run').waitFor();
    tell('message', runSoFar(10));
    await page.getByText('live: 10 of 60 s').waitFor();
    await page.getByRole('button', { name: 'p99' }).first().click();
    await page.getByText('Table of Broadcast latency').click();
    await page.getByText('Options').click();
    await page.getByRole('radio', { name: 'dark' }).check();
    await page.keyboard.press('Escape');
    await page.mouse.move(0, 0);
    const chart = page.getByRole('group', { name: 'Broadcast latency' });
    await chart.focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('+');
    await expect.poll(() => new URL(page.url()).hash).toMatch(/^#t=/);
    const { hash } = new URL(page.url());
    await page.evaluate('window.first = document.querySelector("canvas"); scrollTo(0, 300)');
    tell('message', runSoFar(20));
    await page.getByText('live: 20 of 60 s').waitFor();
    const rows = page.getByRole('table', { name: 'Broadcast latency, each second' }).locator('tbody tr');
    expect(await rows.count()).toBe(20);
    expect(await page.getByRole('button', { name: 'p99' }).first().getAttribute('aria-pressed')).toBe('false');
    expect(await page.evaluate('scrollY')).toBe(300);
    expect(await page.evaluate('document.activeElement.ariaLabel')).toContain('Broadcast latency');
    await page.keyboard.press('ArrowRight');
    expect(await page.locator('.run > [role=status]').textContent()).toMatch(/^1 s: /);
    expect(new URL(page.url()).hash).toBe(hash);
    tell('final', runOf(60));
    await page.getByText('The run is over.').waitFor();
    expect(await rows.count()).toBe(60);
    expect(await page.locator('.live').count()).toBe(0);
    expect(await page.evaluate('document.documentElement.dataset.scheme')).toBe('dark');
    expect(said).toEqual([]);
    expect(asked).toEqual([`${origin}/`, `${origin}/events`]);
  });

  test('shows the plan and the faults to come at once, and judges a fault when it is over', async () => {
    const { page, tell } = await watch(browser());
    await page.getByText('The run has not started yet.').waitFor();
    tell('message', runSoFar(1), { planned: [planned] });
    await page.getByText('The run is in progress.').waitFor();
    expect(await page.locator('main .word').innerText()).toMatch(/running/);
    expect(await page.locator('.planned-faults li').innerText()).toContain('reset: 5 s to 7 s, to come');
    expect(await page.locator('header.verdict').innerText()).not.toMatch(/failed|passed|invalid/);
    const made = { ...outage, onAt: 5, offAt: 7, to: 15 };
    tell('message', { ...runSoFar(10), outages: [made] }, { planned: [planned] });
    await page.getByText('reset: 5 s to 7 s, on').waitFor({ state: 'attached' });
    expect(await page.locator('.results.now').innerText()).toMatch(/p99 now\n28\.0 ms\nDeliveries per second\n9\n/);
    expect(await page.getByRole('heading', { name: 'Reconnection' }).count()).toBe(0);
    tell('message', { ...runSoFar(16), outages: [made] }, { planned: [planned] });
    await page.getByText('reset: 5 s to 7 s, over').waitFor({ state: 'attached' });
    expect(await page.getByRole('heading', { name: 'Reconnection' }).count()).toBe(1);
    const order = await page.locator('section > h2').allTextContents();
    expect(order.indexOf('Latency')).toBeLessThan(order.indexOf('Reconnection'));
  });

  test('says how to make the report of a run that has ended without a word', async () => {
    const { page, tell, die } = await watch(browser());
    await page.getByText('Waiting for the run').waitFor();
    tell('message', runSoFar(10));
    await page.getByText('live: 10 of 60 s').waitFor();
    die();
    await page.getByText('The run ended without a word').waitFor();
    expect(await page.locator('.lost pre').textContent()).toBe('npx chatstorm report runs/one');
    expect(await page.locator('canvas[role=img]').count()).toBe(9);
  });

  test('a run in progress says so, and what arrived stays when the connection is lost', async () => {
    const { page, tell, hangUp } = await watch(browser());
    await page.getByText('Waiting for the run').waitFor();
    tell('message', runSoFar(10));
    await page.getByText('The run is in progress. A fault is judged when it is over.').waitFor();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download run.json' }).click(),
    ]);
    expect(parseRunRecord(JSON.parse(await readFile(await download.path(), 'utf8'))).state).toBe('partial');
    hangUp();
    await page.getByText('The connection to the run was lost. The page shows what has arrived so far.').waitFor();
    expect(await page.locator('canvas[role=img]').count()).toBe(9);
  });
});

/** A fault of all clients from second 5 on. */
const planned = {
  fault: 'reset',
  kinds: ['reset'],
  cuts: 'openly',
  what: 'links: reset',
  bots: [0, 3],
  from: 5,
  until: 7,
  to: 15,
} as const;

/** A run of a minute, as far as it came. */
function runSoFar(seconds: number): RunRecord {
  return { ...runOf(seconds), phases: { warmup: 2, measure: 56, drain: 2 }, state: 'partial' };
}

/** A live page over HTTP, and how to tell it something, or nothing ever again. */
async function watch(browser: Browser) {
  const html = await renderLivePage({ events: '/events', rebuild: 'npx chatstorm report runs/one' });
  const listeners: ServerResponse[] = [];
  let isOver = false;
  const server = createServer(({ url }, response) => {
    if (url === '/events' && isOver) response.writeHead(204).end();
    else if (url === '/events') {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write('retry: 10\n\n');
      listeners.push(response);
    } else response.writeHead(200, { 'content-type': 'text/html' }).end(html);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const hangUp = () => {
    server.close();
    server.closeAllConnections();
  };
  onTestFinished(hangUp);
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const context = await browser.newContext({ colorScheme: 'light' });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  const { said, asked } = overhear(page);
  await page.goto(origin);
  const tell = (event: string, record: RunRecord, besides: object = {}) => {
    const json = JSON.stringify({ ...slimRecord(record), ...besides });
    for (const listener of listeners) listener.write(`event: ${event}\ndata: ${json}\n\n`);
  };
  const die = () => {
    isOver = true;
    for (const listener of listeners) listener.end();
  };
  return { page, said, asked, origin, tell, hangUp, die };
}
