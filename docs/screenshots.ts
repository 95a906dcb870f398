/** `npm run screenshots`: runs every scenario against the reference chat, publishes their reports, and takes the README's pictures of them. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { FolderStore } from '../load/folder/folder-store.ts';
import { serveReports } from '../reports/serve/reports-server.ts';
import { launchBrowser } from '../test/support/browser.ts';

/** Their reports are published as they are, in docs/reports. */
const scenarios = ['broadcast', 'fallback', 'reconnect', 'rollout', 'capacity', 'recovery'] as const;

/** What a picture shows of a report: the first element of one selector down to the first of another. */
const pictures = [
  { name: 'broadcast', scenario: 'broadcast', from: 'header.verdict', to: '[aria-labelledby=latency] .figure' },
  { name: 'fallback', scenario: 'fallback', from: 'header.verdict', to: '[aria-labelledby=fallback] .data-table' },
  { name: 'reconnect', scenario: 'reconnect', from: 'header.verdict', to: '[aria-labelledby=outages] .data-table' },
  { name: 'findings', scenario: 'reconnect', from: '[aria-labelledby=next]', to: '[aria-labelledby=next]' },
  { name: 'nodes', scenario: 'rollout', from: '[aria-labelledby=nodes]', to: '[aria-labelledby=nodes] .columns' },
  {
    name: 'capacity',
    scenario: 'capacity',
    from: '[aria-labelledby=capacity]',
    to: '[aria-labelledby=capacity] .columns',
  },
  {
    name: 'recovery',
    scenario: 'recovery',
    from: '[aria-labelledby=sessions]',
    to: '[aria-labelledby=sessions] .data-table',
  },
  { name: 'lanes', scenario: 'reconnect', from: '.figure:has(.lanes)', to: '.lane:nth-of-type(5)' },
] as const;

const WIDTH = 1120;
/** Around what is shown, px. */
const MARGIN = 16;

const folder = await mkdtemp(join(tmpdir(), 'chatstorm-screenshots-'));
try {
  // Several short runs before, for a trend in the list of runs.
  await load(['broadcast', '--quick', '--repeat', '4', '--out', join(folder, 'before')]);
  await load([...scenarios, '--out', folder]);
  await mkdir(fileURLToPath(new URL('reports/', import.meta.url)), { recursive: true });
  for (const name of scenarios) {
    await copyFile(join(folder, name, 'report.html'), fileURLToPath(new URL(`reports/${name}.html`, import.meta.url)));
  }
  const browser = await launchBrowser();
  const server = await serveReports(FolderStore.in(folder));
  try {
    for (const scheme of ['light', 'dark'] as const) {
      for (const picture of pictures) await take(browser, picture, scheme);
      await takeList(browser, server.url, scheme);
    }
  } finally {
    await server.close();
    await browser.close();
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}

/** Throws where a run did not pass: its report is none to show. */
async function load(words: readonly string[]): Promise<void> {
  const chatstorm = fileURLToPath(new URL('../chatstorm.ts', import.meta.url));
  const args = [chatstorm, 'load', ...words, '--no-live'];
  const [code] = await once(spawn(process.execPath, args, { stdio: 'inherit' }), 'exit');
  if (code !== 0) throw new Error(`Expected every run to pass, chatstorm load ended with ${code}.`);
}

async function take(browser: Browser, picture: (typeof pictures)[number], scheme: 'light' | 'dark'): Promise<void> {
  const { name, scenario, from, to } = picture;
  // High enough for every chart to be in sight, and so to be drawn.
  const page = await browser.newPage({ colorScheme: scheme, viewport: { width: WIDTH, height: 8000 } });
  await page.goto(pathToFileURL(join(folder, scenario, 'report.html')).href);
  // Charts are drawn when there is time.
  await page.locator('main h1').waitFor();
  const top = (await page.locator(from).first().boundingBox())!;
  const bottom = (await page.locator(to).first().boundingBox())!;
  const height = bottom.y + bottom.height - top.y + 2 * MARGIN;
  const clip = { x: top.x - MARGIN, y: top.y - MARGIN, width: top.width + 2 * MARGIN, height };
  const path = fileURLToPath(new URL(`${name}-${scheme}.png`, import.meta.url));
  await page.screenshot({ path, clip });
  console.log(path);
  await page.close();
}

async function takeList(browser: Browser, url: string, scheme: 'light' | 'dark'): Promise<void> {
  const page = await browser.newPage({ colorScheme: scheme, viewport: { width: 1280, height: 900 } });
  await page.goto(url);
  const path = fileURLToPath(new URL(`runs-${scheme}.png`, import.meta.url));
  await page.screenshot({ path, fullPage: true });
  console.log(path);
  await page.close();
}
